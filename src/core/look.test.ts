import { describe, expect, it } from 'vitest'
import type { Attempt, HttpResponse } from './attempt.ts'
import type { Condition, Criteria } from './condition.ts'
import { responseFacts } from './facts.ts'
import { type Look, look } from './look.ts'

/** A condition that holds for `done`, and counts how often it was asked. */
function asked(dependsOnlyOnResponse = true): Condition & { readonly times: () => number } {
  let times = 0
  const source = 'status == "done"'
  return {
    source,
    readsJson: false,
    dependsOnlyOnResponse,
    evaluate({ responseBody }) {
      times++
      return responseBody === 'done' ? { kind: 'holds' } : { kind: 'does-not-hold', why: null }
    },
    explain: () => ({
      source,
      result: { kind: 'holds' },
      sentence: 'it says done',
      values: {},
      operands: [],
    }),
    values: ({ responseBody }) => ({ status: responseBody }),
    times: () => times,
  }
}

function criteriaOf(success: Condition, rest: Partial<Criteria> = {}): Criteria {
  return { success, failure: null, pending: null, progress: null, ...rest }
}

function seen(response: HttpResponse, before: { response: HttpResponse; look: Look } | null = null) {
  const attempt: Attempt = {
    startedAt: 0,
    durationMs: 1,
    conditional: false,
    notes: [],
    result: { kind: 'response', response },
  }
  return { attempt, response, facts: responseFacts(response, { iteration: 2, elapsedSeconds: 1 }), before }
}

const working: HttpResponse = { code: 200, headers: { date: 'now' }, body: 'working' }
const again: HttpResponse = { ...working, headers: { date: 'later' } }

/** Looks at `first` and then at `second`; how often the success condition was asked the second time. */
function lookedTwice(
  first: HttpResponse,
  second: HttpResponse,
  success = asked(),
  rest: Partial<Criteria> = {},
) {
  const criteria = criteriaOf(success, rest)
  const before = { response: first, look: look(criteria, seen(first)) }
  const timesBefore = success.times()
  return { before, now: look(criteria, seen(second, before)), times: success.times() - timesBefore }
}

describe('the same answer again', () => {
  it('is not judged again, whatever its headers', () => {
    const { before, now, times } = lookedTwice(working, again)
    expect(now).toBe(before.look)
    expect(times).toBe(0)
  })

  it.each([
    ['another body', working, { ...working, body: 'done' }, 'succeeded'],
    ['another code', working, { ...working, code: 202 }, 'pending'],
  ] as const)('%s is judged', (_, first, second, verdict) => {
    const { now, times } = lookedTwice(first, second)
    expect(now.judgement.verdict).toBe(verdict)
    expect(times).toBe(1)
  })

  it.each([500, 429, 503, 304])('a %i is judged, since its headers count', (code) => {
    const answer = { ...working, code }
    expect(lookedTwice(answer, { ...answer, headers: { 'retry-after': '5' } }).times).toBe(1)
  })

  it('a 503 turns from broken to throttled when it begins to say when to come again', () => {
    const answer = { ...working, code: 503 }
    const { before, now } = lookedTwice(answer, { ...answer, headers: { 'retry-after': '5' } })
    expect([before.look.judgement.verdict, now.judgement.verdict]).toEqual(['broken', 'throttled'])
  })

  it('is judged where the success condition looks beyond the answer, as at iterationCount', () => {
    expect(lookedTwice(working, again, asked(false)).times).toBe(1)
  })

  it.each(['failure', 'pending'] as const)('is judged where the %s condition looks beyond it', (role) => {
    expect(lookedTwice(working, again, asked(), { [role]: asked(false) }).times).toBe(1)
    expect(lookedTwice(working, again, asked(), { [role]: asked() }).times).toBe(role === 'pending' ? 1 : 0)
  })

  it('is judged where it was broken, since the reason may name its headers', () => {
    const success = { ...asked(), readsJson: true }
    const { before, now } = lookedTwice(
      { ...working, headers: { 'content-type': 'text/html' } },
      { ...working, headers: {} },
      success,
    )
    expect(before.look.judgement.reason).toContain('text/html')
    expect(now.judgement.reason).toContain('a body that is not JSON')
  })
})

it('values of all conditions are kept for people', () => {
  const failure = { ...asked(), values: () => ({ code: '200' }) }
  expect(look(criteriaOf(asked(), { failure }), seen(working)).values).toEqual({
    status: 'working',
    code: '200',
  })
})

it('an attempt without a whole answer is broken, and no condition is asked', () => {
  const success = asked()
  const attempt: Attempt = {
    ...seen(working).attempt,
    result: { kind: 'failure', failure: { kind: 'reset', message: 'connection reset', head: null } },
  }
  const { judgement, values } = look(criteriaOf(success), {
    attempt,
    response: null,
    facts: null,
    before: null,
  })
  expect(judgement).toMatchObject({ verdict: 'broken', transient: true, reason: 'connection reset' })
  expect(values).toEqual({})
  expect(success.times()).toBe(0)
})
