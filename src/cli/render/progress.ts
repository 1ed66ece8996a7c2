import { describeSeconds } from '../../core/message.ts'
import type { LedgerEntry } from '../../core/poll.ts'

/** Shows a poll to a person while it runs. */
export interface ProgressView {
  attempt(entry: LedgerEntry): void
  end(message: string): void
}

export interface ViewOptions {
  readonly stream: NodeJS.WriteStream
  readonly pollCount: number
  readonly now: () => number
  readonly color: boolean
}

export const silentView: ProgressView = { attempt() {}, end() {} }

const HEARTBEAT_MS = 60_000
const REDRAW_MS = 500
const BAR = 20

/** On a terminal one line that is drawn anew. */
export function liveView({ stream, pollCount, now, color }: ViewOptions): ProgressView {
  let last: LedgerEntry | null = null
  const draw = () => {
    if (last === null) return
    const wait = last.next ? `  next in ${describeSeconds(Math.max(0, last.next.dueAt - now()) / 1000)}` : ''
    const line = (describe(last, pollCount) + wait).slice(0, Math.max(10, (stream.columns ?? 80) - 1))
    stream.write(`\r\x1b[2K${color ? paint(last, line) : line}`)
  }
  const timer = setInterval(draw, REDRAW_MS)
  timer.unref()
  return {
    attempt(entry) {
      last = entry
      draw()
    },
    end(message) {
      clearInterval(timer)
      stream.write(`${last === null ? '' : '\r\x1b[2K'}${plain(message)}\n`)
    },
  }
}

/** Without a terminal a line on each change, and one a minute to show that it still runs. No escape bytes. */
export function plainView({ stream, pollCount, now }: ViewOptions): ProgressView {
  let shown = ''
  let shownAt = 0
  return {
    attempt(entry) {
      const seen = JSON.stringify([
        entry.code,
        entry.verdict,
        entry.values,
        entry.verdict === 'broken' && entry.reason,
      ])
      const isHeartbeat = now() - shownAt >= HEARTBEAT_MS
      if (seen === shown && !isHeartbeat) return
      shown = seen
      shownAt = now()
      stream.write(`${describe(entry, pollCount)}\n`)
    },
    end(message) {
      stream.write(`${plain(message)}\n`)
    },
  }
}

function describe(entry: LedgerEntry, pollCount: number): string {
  const values = Object.entries(entry.values).map(([name, value]) => `${name}=${value}`)
  const why = entry.verdict === 'broken' || entry.verdict === 'throttled' ? [entry.reason] : []
  const bar = entry.progress === null ? [] : [progressBar(entry.progress)]
  const parts = [entry.code ?? 'no answer', entry.verdict, ...bar, ...values, ...why, ...entry.notes]
  return plain(`attempt ${entry.iteration}/${pollCount}  ${parts.join('  ')}`)
}

function progressBar(progress: number): string {
  const share = Math.min(1, Math.max(0, progress / 100))
  const full = Math.round(share * BAR)
  return `[${'#'.repeat(full)}${'.'.repeat(BAR - full)}] ${Math.round(progress)}%`
}

const COLORS = { succeeded: 32, failed: 31, broken: 33, throttled: 33, pending: 36 } as const

function paint({ verdict }: LedgerEntry, line: string): string {
  return line.replace(verdict, `\x1b[${COLORS[verdict]}m${verdict}\x1b[39m`)
}

/** What a server sent must not steer the terminal. */
export function plain(text: string): string {
  return text.replace(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/g, '\ufffd')
}
