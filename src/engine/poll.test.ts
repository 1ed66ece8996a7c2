import { describe, expect, it } from 'vitest'
import type { LedgerEntry, PollState } from '../core/poll.ts'
import type { PollTaskInput } from '../core/task.ts'
import { manualClock } from '../testing/manual-clock.ts'
import { type ScriptedAnswer, scriptedTransport } from '../testing/scripted-transport.ts'
import type { Effects } from './effects.ts'
import { type PollOptions, poll, pollAttempts } from './poll.ts'

const running = { body: { status: 'RUNNING' } }
const finished = { body: { status: 'FINISHED' } }
const failed = { body: { status: 'FAILED' } }
const task: PollTaskInput = {
  url: 'http://h/',
  exitCriteria: { success: 'status == "FINISHED"', failure: 'status == "FAILED"' },
}

function world(answers: readonly ScriptedAnswer[]) {
  const clock = manualClock()
  const transport = scriptedTransport(answers, clock)
  return { clock, transport, effects: { clock, transport, random: () => 0.5 } }
}

describe('poll resolves however the job ended', () => {
  it.each<[string, Partial<PollTaskInput>, ScriptedAnswer[]]>([
    ['succeeded', {}, [running, finished]],
    ['failed', {}, [failed]],
    ['exhausted', { pollCount: 2 }, [running]],
    ['timed-out', { timeoutSeconds: 12 }, [running]],
    ['stalled', { progress: 'progress', stallSeconds: 9 }, [{ body: { progress: 1 } }]],
    ['broken', {}, [{ fails: 'tls' }]],
  ])('%s', async (outcome, more, answers) => {
    const result = await poll({ ...task, ...more }, world(answers))
    expect(result.outcome).toBe(outcome)
    expect(result.attempts).toHaveLength(result.iterationCount)
  })

  it('but throws for a task that is wrong, before anything is sent', async () => {
    const { effects, transport } = world([finished])
    const wrong = { ...task, exitCriteria: { success: 'status = 1' } }
    await expect(poll(wrong, { effects })).rejects.toMatchObject({ code: 'invalid-task' })
    await expect(poll({ url: 'nowhere' }, { effects })).rejects.toMatchObject({ problems: [{ path: 'url' }] })
    expect(transport.requests).toEqual([])
  })
})

describe('an abort cancels', () => {
  it('before the first attempt: nothing is sent', async () => {
    const { effects, transport } = world([finished])
    const result = await poll(task, { effects, signal: AbortSignal.abort('by a test') })
    expect([result.outcome, result.status, result.iterationCount]).toEqual(['cancelled', 'CANCELED', 0])
    expect(result.message).toContain('by a test')
    expect(transport.requests).toEqual([])
  })

  it('while it waits', async () => {
    const { effects, clock, transport } = world([running])
    const controller = new AbortController()
    const waiting: Effects['clock'] = {
      ...clock,
      sleepUntil: (at, signal) => {
        controller.abort('by a test')
        return clock.sleepUntil(at, signal)
      },
    }
    const result = await poll(task, { effects: { ...effects, clock: waiting }, signal: controller.signal })
    expect([result.outcome, transport.requests.length]).toEqual(['cancelled', 1])
  })

  it('an attempt in flight, which then counts for nothing', async () => {
    const { effects } = world([])
    const controller = new AbortController()
    const transport: Effects['transport'] = {
      async send() {
        controller.abort()
        const failure = { kind: 'aborted' as const, message: 'aborted', head: null }
        return { startedAt: 0, durationMs: 0, notes: [], result: { kind: 'failure', failure } }
      },
      async close() {},
    }
    const result = await poll(task, { effects: { ...effects, transport }, signal: controller.signal })
    expect([result.outcome, result.iterationCount]).toEqual(['cancelled', 0])
    expect(result.message).toContain('by the caller')
  })

  it('while what a caller does about an attempt is awaited', async () => {
    const { effects, transport } = world([running])
    const controller = new AbortController()
    const onAttempt = async () => controller.abort('by a test')
    const result = await poll(task, { effects, signal: controller.signal, onAttempt })
    expect([result.outcome, transport.requests.length]).toEqual(['cancelled', 1])
  })
})

it('what a caller does about an attempt is awaited before the next one', async () => {
  const { effects, transport } = world([running, running, finished])
  const seen: number[] = []
  await poll(task, {
    effects,
    async onAttempt({ iteration }) {
      for (let i = 0; i < 20; i++) await Promise.resolve()
      seen.push(iteration, transport.requests.length)
    },
  })
  expect(seen).toEqual([1, 1, 2, 2, 3, 3])
})

it('a state, once through JSON, is taken up by another process: count, deadline and end are the same', async () => {
  const answers = [running, running, running, finished]
  const whole = await poll({ ...task, timeoutSeconds: 60 }, world(answers))
  const first = world(answers)
  let kept: PollState | undefined
  const attempts: LedgerEntry[] = []
  const iterator = pollAttempts(
    { ...task, timeoutSeconds: 60 },
    {
      ...first,
      onAttempt(entry, state) {
        attempts.push(entry)
        kept = JSON.parse(JSON.stringify(state))
      },
    },
  )
  await iterator.next()
  await iterator.next()
  const resumed = await poll({ ...task, timeoutSeconds: 60 }, { ...first, resume: kept!, attempts })
  expect(resumed).toEqual(whole)
})

it('a state that is done is told again, and nothing is sent', async () => {
  const { effects, transport } = world([finished])
  let kept: PollState | undefined
  const keep: PollOptions['onAttempt'] = (_, state) => {
    kept = state
  }
  const { outcome, message } = await poll(task, { effects, onAttempt: keep })
  expect(await poll(task, { effects, resume: kept! })).toMatchObject({ outcome, message, attempts: [] })
  expect(transport.requests).toHaveLength(1)
})

it('an iterator makes the next attempt only when it is asked for', async () => {
  const { effects, transport } = world([running])
  for await (const entry of pollAttempts(task, { effects })) if (entry.iteration === 2) break
  expect(transport.requests).toHaveLength(2)
})

it('a server that asks to wait is waited for, and one that asks beyond the deadline ends the poll', async () => {
  const slow = { code: 429, headers: { 'retry-after': '40' } }
  const patient = await poll(task, world([slow, finished]))
  expect(patient.attempts[0]!.next!.dueAt - patient.attempts[0]!.startedAt).toBe(40_000)
  const hurried = await poll({ ...task, timeoutSeconds: 30 }, world([slow, finished]))
  expect(hurried).toMatchObject({ outcome: 'timed-out', iterationCount: 1 })
  expect(hurried.message).toContain('Retry-After')
})

it('an attempt is cut at the deadline, whatever its own limit', async () => {
  const result = await poll({ ...task, timeoutSeconds: 10 }, world([{ ...running, durationMs: 25_000 }]))
  expect(result).toMatchObject({ outcome: 'timed-out', iterationCount: 1 })
  expect(Date.parse(result.endedAt) - Date.parse(result.startedAt)).toBe(10_000)
})

it('secrets are masked in outputs, message and ledger', async () => {
  const { effects } = world([{ body: { status: 'FAILED', token: 's3same-open' } }])
  const result = await poll(
    { ...task, headers: { 'X-Key': 's3same-open' }, exitCriteria: { failure: 'token == "s3same-open"' } },
    { effects, secrets: ['s3same-open'] },
  )
  expect(result.outcome).toBe('failed')
  expect(JSON.stringify(result)).not.toContain('s3same-open')
})
