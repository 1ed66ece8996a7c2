import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Attempt, AttemptResult, FailureKind } from './attempt.ts'
import type { Condition, Criteria, Facts } from './condition.ts'
import {
  advance,
  attemptTimeoutMs,
  type CompiledPoll,
  cancel,
  type DonePoll,
  nextRequest,
  type PollState,
  start,
  type WaitingPoll,
} from './poll.ts'
import { type PollTaskInput, parsePollTask } from './task.ts'

const T0 = Date.UTC(2026, 0, 1)

type Answer = {
  code?: number
  body?: unknown
  headers?: Record<string, string>
  fails?: FailureKind
  tookMs?: number
}

const pending = { body: { status: 'RUNNING', progress: 10 } }
const finished = { body: { status: 'FINISHED', progress: 100 } }
const failed = { body: { status: 'FAILED' } }
const unavailable = { code: 503, body: 'busy' }
const refused = { fails: 'refused' as const }

describe('a poll ends', () => {
  it.each<[string, Partial<PollTaskInput>, Answer[], string, number]>([
    ['succeeded when the success condition holds', {}, [pending, finished], 'succeeded', 2],
    ['failed when the failure condition holds', {}, [pending, failed], 'failed', 2],
    ['exhausted after pollCount attempts', { pollCount: 3 }, [pending], 'exhausted', 3],
    ['timed-out at its deadline', { timeoutSeconds: 12 }, [pending], 'timed-out', 4],
    ['broken at the first intermediate failure', {}, [unavailable, finished], 'broken', 1],
    ['broken at a refused connection', {}, [refused, finished], 'broken', 1],
    [
      'succeeded through ignored failures',
      { ignoreFailure: true },
      [unavailable, refused, { code: 404 }, finished],
      'succeeded',
      4,
    ],
    [
      'succeeded through transient failures',
      { ignoreFailure: 'transient' },
      [unavailable, refused, finished],
      'succeeded',
      3,
    ],
    [
      'broken at one that cannot heal',
      { ignoreFailure: 'transient' },
      [unavailable, { fails: 'tls' }],
      'broken',
      2,
    ],
    ['broken at a 404 that is not transient', { ignoreFailure: 'transient' }, [{ code: 404 }], 'broken', 1],
    ['exhausted with all attempts ignored', { ignoreFailure: true, pollCount: 4 }, [refused], 'exhausted', 4],
    [
      'succeeded through throttling, whatever ignoreFailure says',
      {},
      [{ code: 429 }, { code: 503, headers: { 'retry-after': '1' } }, finished],
      'succeeded',
      3,
    ],
    ['broken by a 2xx that is not JSON', {}, [{ body: '<html>login</html>' }], 'broken', 1],
    [
      'stalled when progress stands still',
      { progress: 'progress', stallSeconds: 10 },
      [pending],
      'stalled',
      3,
    ],
  ])('%s', (_, input, answers, outcome, attempts) => {
    const { done } = play(input, answers)
    expect([done.outcome, done.iterationCount]).toEqual([outcome, attempts])
  })

  it('failed when both conditions hold, and says that both did', () => {
    const criteria = { ...CRITERIA, success: says('code 200', (f) => f.responseCode === 200) }
    const { done } = play({}, [failed], criteria)
    expect(done.outcome).toBe('failed')
    expect(done.message).toContain('the success condition held as well')
  })

  it('succeeded only after as many successes in a row as the threshold asks', () => {
    const { done } = play({ successThreshold: 3 }, [
      finished,
      finished,
      pending,
      finished,
      finished,
      finished,
    ])
    expect([done.outcome, done.iterationCount]).toEqual(['succeeded', 6])
  })

  it('exhausted with the cause when the last attempts were all broken', () => {
    const { done } = play({ ignoreFailure: true, pollCount: 12 }, [refused])
    expect(done.message).toContain('The last 12 were all broken: connect ECONNREFUSED')
  })

  it('cancelled from outside', () => {
    const poll = compiled({})
    const done = cancel(poll, start(poll.task, T0), { by: 'by SIGINT', now: T0 + 2000 })
    expect(done).toMatchObject({
      outcome: 'cancelled',
      message: 'Cancelled after 0 attempts in 2 s: by SIGINT. No answer ever came.',
    })
  })

  it('broken by an answer that meets none of three conditions', () => {
    const criteria = { ...CRITERIA, pending: says('RUNNING', statusIs('RUNNING')) }
    const { done } = play({}, [pending, { body: { status: 'PARKED' } }], criteria)
    expect(done).toMatchObject({ outcome: 'broken', iterationCount: 2 })
    expect(done.message).toContain('unknown state')
  })

  it('by the pending condition lets a 404 pass before the job can be seen', () => {
    const criteria = { ...CRITERIA, pending: says('404', (f) => f.responseCode === 404) }
    expect(play({}, [{ code: 404 }, finished], criteria).done.outcome).toBe('succeeded')
  })

  it('broken when a condition cannot be decided, rather than taken as false', () => {
    const failure: Condition = {
      ...says('x', () => false),
      evaluate: () => ({ kind: 'error', message: 'budget' }),
    }
    expect(play({}, [finished], { ...CRITERIA, failure }).done.outcome).toBe('broken')
  })
})

describe('the next attempt', () => {
  it('comes an interval after the end of the last', () => {
    expect(waits({}, [{ ...pending, tookMs: 700 }, pending, finished])).toEqual([
      ['interval', 5000],
      ['interval', 5000],
    ])
  })

  it('grows by backoff while pending, up to its maximum', () => {
    const backoff = { factor: 2, maxSeconds: 12 }
    expect(waits({ backoff }, [pending, pending, pending, finished]).map(([, ms]) => ms)).toEqual([
      5000, 10000, 12000,
    ])
  })

  it('is spread by jitter around the interval', () => {
    const backoff = { factor: 1, jitter: 0.5 }
    expect(waits({ backoff }, [pending, finished], 0)).toEqual([['backoff', 2500]])
    expect(waits({ backoff }, [pending, finished], 0.75)).toEqual([['backoff', 6250]])
  })

  it('waits for Retry-After once, and not for the next', () => {
    const asked = { ...pending, headers: { 'retry-after': '30' } }
    expect(waits({}, [asked, pending, finished])).toEqual([
      ['retry-after', 30000],
      ['interval', 5000],
    ])
  })

  it('is not hastened by a Retry-After below the interval', () => {
    expect(waits({}, [{ ...pending, headers: { 'retry-after': '1' } }, finished])).toEqual([
      ['interval', 5000],
    ])
  })

  it('comes once more just before the deadline', () => {
    expect(waits({ timeoutSeconds: 8 }, [pending])).toEqual([
      ['interval', 5000],
      ['last-chance', 2900],
    ])
  })

  it('does not come when the server asks for a wait beyond the deadline', () => {
    const { done } = play({ timeoutSeconds: 20 }, [{ code: 429, headers: { 'retry-after': '60' } }])
    expect(done).toMatchObject({ outcome: 'timed-out', iterationCount: 1 })
    expect(done.message).toContain('asks to wait 1 min (Retry-After)')
  })

  it('comes at once at the start, or after the initial delay', () => {
    expect(start(parse({}), T0).dueAt).toBe(T0)
    expect(start(parse({ initialDelaySeconds: 3 }), T0).dueAt).toBe(T0 + 3000)
  })

  it('is given no more time than what is left of the whole', () => {
    const task = parse({ timeoutSeconds: 10 })
    expect(attemptTimeoutMs(task, start(task, T0), T0 + 4000)).toBe(6000)
    expect(attemptTimeoutMs(parse({}), start(parse({}), T0), T0)).toBe(30000)
  })

  it('times out rather than breaks when the deadline cuts the attempt off', () => {
    const { done } = play({ timeoutSeconds: 4 }, [{ fails: 'timeout', tookMs: 4000 }])
    expect(done.outcome).toBe('timed-out')
  })
})

describe('a conditional request', () => {
  const large = { body: { status: 'RUNNING', pad: 'x'.repeat(20_000) }, headers: { etag: '"1"' } }

  it('is made for a large body with an ETag, and its 304 stands for that answer', () => {
    const poll = compiled({})
    const first = advance(poll, start(poll.task, T0), event(large, T0)).state as WaitingPoll
    const { request, conditional } = nextRequest(poll.task, first)
    expect([request.headers['If-None-Match'], conditional]).toEqual(['"1"', true])
    const attempt = { ...attemptOf({ code: 304, body: '' }, T0 + 5000), conditional }
    const { state, entry } = advance(poll, first, { attempt, now: T0 + 5000, random: 0 })
    expect(state.last?.body).toContain('RUNNING')
    expect(entry).toMatchObject({ code: 304, verdict: 'pending', bodyChanged: false })
  })

  it.each([
    ['a small body', {}, { ...pending, headers: { etag: '"1"' } }],
    ['a method that is not GET', { method: 'POST' }, large],
    ['caching headers of the caller', { headers: { 'If-None-Match': '"0"' } }, large],
  ])('is not made for %s', (_, input, answer) => {
    const poll = compiled(input)
    const next = advance(poll, start(poll.task, T0), event(answer, T0)).state as WaitingPoll
    expect(nextRequest(poll.task, next).conditional).toBe(false)
  })
})

describe('every run of the machine', () => {
  const answer: fc.Arbitrary<Answer> = fc.oneof(
    fc.constantFrom<Answer>(pending, finished, failed, unavailable, refused, { code: 429 }, { body: 'text' }),
    fc.record({ code: fc.integer({ min: 200, max: 599 }), tookMs: fc.nat(9000) }),
    fc.nat(100_000).map((s) => ({ ...pending, headers: { 'retry-after': String(s) } })),
  )
  const input = fc.record({
    pollCount: fc.integer({ min: 3, max: 30 }),
    pollIntervalSeconds: fc.integer({ min: 1, max: 100 }),
    ignoreFailure: fc.constantFrom(true, false, 'transient' as const),
    timeoutSeconds: fc.option(fc.integer({ min: 1, max: 1000 }), { nil: null }),
    successThreshold: fc.integer({ min: 1, max: 3 }),
  })

  it('ends within pollCount, in order, with a state that survives JSON', () => {
    fc.assert(
      fc.property(input, fc.array(answer, { minLength: 1, maxLength: 30 }), (task, answers) => {
        const { done, states } = play(task, answers)
        expect(done.iterationCount).toBeLessThanOrEqual(task.pollCount)
        for (const state of states) expect(JSON.parse(JSON.stringify(state))).toEqual(state)
        const dues = states.flatMap((s) => (s.kind === 'waiting' ? [s.dueAt] : []))
        expect(dues).toEqual([...dues].sort((a, b) => a - b))
        if (task.timeoutSeconds) expect(Math.max(...dues)).toBeLessThan(T0 + task.timeoutSeconds * 1000)
        if (done.outcome === 'succeeded') expect(done.lastJudgement?.verdict).toBe('succeeded')
      }),
    )
  })
})

const CRITERIA: Criteria = {
  success: says('status == "FINISHED"', statusIs('FINISHED')),
  failure: says('status == "FAILED"', statusIs('FAILED')),
  pending: null,
  progress: {
    source: 'progress',
    evaluate: (f) => (f.responseJson as { progress?: number })?.progress ?? null,
  },
}

function says(source: string, holds: (facts: Facts) => boolean): Condition {
  const evaluate = (facts: Facts) =>
    holds(facts) ? ({ kind: 'holds' } as const) : ({ kind: 'does-not-hold', why: null } as const)
  return {
    source,
    readsJson: source.includes('status'),
    dependsOnlyOnResponse: true,
    evaluate,
    explain: (facts) => ({ source, result: evaluate(facts), sentence: source, values: {}, operands: [] }),
    values: () => ({}),
  }
}

function statusIs(status: string) {
  return (facts: Facts) => (facts.responseJson as { status?: string } | undefined)?.status === status
}

function parse(input: Partial<PollTaskInput>) {
  return parsePollTask({ url: 'http://127.0.0.1/job', ...input })
}

function compiled(input: Partial<PollTaskInput>, criteria = CRITERIA): CompiledPoll {
  const task = parse(input)
  return { task, criteria: task.progress ? criteria : { ...criteria, progress: null } }
}

/** Plays the answers in virtual time; the last one repeats. */
function play(input: Partial<PollTaskInput>, answers: Answer[], criteria = CRITERIA, random = 0.5) {
  const poll = compiled(input, criteria)
  const states: PollState[] = [start(poll.task, T0)]
  for (let i = 0; ; i++) {
    const state = states.at(-1)!
    if (state.kind === 'done') return { done: state as DonePoll, states }
    const answer = answers[Math.min(i, answers.length - 1)]!
    states.push(advance(poll, state, event(answer, state.dueAt, random)).state)
  }
}

function waits(input: Partial<PollTaskInput>, answers: Answer[], random = 0.5) {
  const { states } = play(input, answers, CRITERIA, random)
  return states.slice(1).flatMap((state, i) => {
    const endedAt = (states[i] as WaitingPoll).dueAt + (answers[Math.min(i, answers.length - 1)]?.tookMs ?? 0)
    return state.kind === 'waiting' ? [[state.waitReason, state.dueAt - endedAt]] : []
  })
}

function event(answer: Answer, at: number, random = 0.5) {
  const attempt = attemptOf(answer, at)
  return { attempt, now: at + attempt.durationMs, random }
}

function attemptOf({ code = 200, body, headers = {}, fails, tookMs = 0 }: Answer, at: number): Attempt {
  const text = typeof body === 'string' ? body : body === undefined ? '{}' : JSON.stringify(body)
  const result: AttemptResult = fails
    ? {
        kind: 'failure',
        failure: { kind: fails, message: `connect ECONN${fails.toUpperCase()}`, head: null },
      }
    : { kind: 'response', response: { code, headers, body: text } }
  return { startedAt: at, durationMs: tookMs, conditional: false, result, notes: [] }
}
