import { describe, expect, it } from 'vitest'
import type { LedgerEntry } from '../../core/poll.ts'
import { manualClock } from '../../testing/manual-clock.ts'
import { fitted, widthOf } from './fitted.ts'
import { liveView } from './live-view.ts'
import { plainView } from './progress.ts'

const entry: LedgerEntry = {
  iteration: 1,
  startedAt: 0,
  durationMs: 5,
  code: 200,
  verdict: 'pending',
  reason: 'no condition holds yet',
  values: { status: '"RUNNING"' },
  progress: null,
  next: null,
  bodyChanged: true,
  notes: [],
}

/** A stream that keeps what is written, and a timer that a test lets fire. */
function stage(columns = 80) {
  const clock = manualClock(0)
  const written: string[] = []
  let call: (() => void) | null = null
  return {
    clock,
    written,
    tick: () => call?.(),
    isTicking: () => call !== null,
    options: {
      stream: { columns, write: (text: string | Uint8Array) => written.push(String(text)) > 0 },
      pollCount: 60,
      now: clock.now,
      every(_: number, given: () => void) {
        call = given
        return () => {
          call = null
        }
      },
    },
  }
}

describe('without a terminal', () => {
  it('a line comes on each change, and a changed progress is one', () => {
    const { written, options } = stage()
    const view = plainView(options)
    view.attempt({ ...entry, progress: 10 })
    view.attempt({ ...entry, progress: 10, iteration: 2 })
    view.attempt({ ...entry, progress: 20, iteration: 3 })
    expect(written).toEqual([
      'attempt 1/60  200  pending  [#...........] 10%  status="RUNNING"\n',
      'attempt 3/60  200  pending  [##..........] 20%  status="RUNNING"\n',
    ])
  })

  it('a bar is full at the end alone, and what happened several times is said once', () => {
    const { written, options } = stage()
    const view = plainView(options)
    view.attempt({
      ...entry,
      progress: 99,
      notes: ['302 redirect to /a', '302 redirect to /b', '302 redirect to /a'],
    })
    view.attempt({ ...entry, progress: 100, iteration: 2 })
    expect(written).toEqual([
      'attempt 1/60  200  pending  [###########.] 99%  status="RUNNING"  302 redirect to /a (2 times)  302 redirect to /b\n',
      'attempt 2/60  200  pending  [############] 100%  status="RUNNING"\n',
    ])
  })

  it('a heartbeat comes every 60 s, also during one long wait', () => {
    const { clock, written, options, tick } = stage()
    const view = plainView(options)
    view.attempt({ ...entry, next: { dueAt: 200_000, reason: 'interval' } })
    for (let i = 0; i < 22; i++) {
      clock.advance(6_000)
      tick()
    }
    expect(written.slice(1)).toEqual([
      'attempt 1/60  200  pending  status="RUNNING"  next in 2 min 20 s\n',
      'attempt 1/60  200  pending  status="RUNNING"  next in 1 min 20 s\n',
    ])
  })

  it('a heartbeat comes also before there was any answer', () => {
    const { clock, written, options, tick } = stage()
    plainView(options)
    clock.advance(60_000)
    tick()
    expect(written).toEqual(['attempt 1/60  no answer yet\n'])
  })
})

describe('on a terminal', () => {
  it.each([30, 40, 79, 200])('the line leaves room in %i columns, whatever a server sends', (columns) => {
    const { written, options } = stage(columns)
    const view = liveView({ ...options, color: true })
    const values = { status: '"状態は実行中です👩‍👩‍👧‍👦 é\u0301\u0301\n\tnew line\u001b[2J"'.repeat(3) }
    view.attempt({ ...entry, values, next: { dueAt: 90_000, reason: 'interval' } })
    const line = written.at(-1)!.replace(/\r\x1b\[2K|\x1b\[\d+m/g, '')
    expect(line).not.toMatch(/[\n\r\x1b]/)
    expect(widthOf(line)).toBeLessThanOrEqual(columns - 3)
    expect(line).toContain('next in')
  })

  it('the time to the next attempt runs down, and then the attempt is under way', () => {
    const { clock, written, options, tick } = stage()
    liveView({ ...options, color: false }).attempt({ ...entry, next: { dueAt: 3_000, reason: 'interval' } })
    clock.advance(1_000)
    tick()
    expect(written.at(-1)).toBe('\r\x1b[2Kattempt 1/60  200  pending  status="RUNNING"  next in 2 s')
    clock.advance(2_000)
    tick()
    expect(written.at(-1)).toContain('attempt 2 under way')
  })

  it('the end takes the place of the line, and nothing is drawn after it', () => {
    const { written, options, isTicking } = stage()
    const view = liveView({ ...options, color: true })
    view.attempt(entry)
    view.end('Succeeded.')
    view.close()
    expect(written.slice(-2)).toEqual(['\r\x1b[2K', 'Succeeded.\n'])
    expect(isTicking()).toBe(false)
  })
})

it.each([
  ['abc', 3],
  ['日本', 4],
  ['é', 1],
  ['e\u0301', 1],
  ['👍', 2],
  ['👩‍👩‍👧‍👦', 2],
  ['❤\ufe0f', 2],
  ['\u200b', 0],
  ['…', 1],
])('%s takes %i columns', (text, columns) => expect(widthOf(text)).toBe(columns))

it('a text is cut between letters, never inside of one', () => {
  expect(fitted('日本語', 6)).toBe('日本語')
  expect(fitted('日本語', 5)).toBe('日本…')
  expect(fitted('日本語', 4)).toBe('日…')
  expect(fitted('abc', 3)).toBe('abc')
})
