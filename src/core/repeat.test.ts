import fc from 'fast-check'
import { expect, it } from 'vitest'
import type { Attempt } from './attempt.ts'
import type { Condition } from './condition.ts'
import { advance, type LedgerEntry, type PollState, start, type WaitingPoll } from './poll.ts'
import { isRepeat, repeated } from './repeat.ts'
import { parsePollTask } from './task.ts'

const holdsFor = (word: string): Condition => ({
  source: word,
  readsJson: false,
  dependsOnlyOnResponse: true,
  evaluate: ({ responseBody }) =>
    responseBody.includes(word) ? { kind: 'holds' } : { kind: 'does-not-hold', why: null },
  explain: ({ responseBody }) => ({
    source: word,
    result: { kind: 'holds' },
    values: {},
    operands: [],
    sentence: `the body is ${responseBody}`,
  }),
  values: ({ responseBody }) => ({ body: responseBody.slice(0, 4) }),
})
const criteria = { success: holdsFor('done'), failure: null, pending: null, progress: null }

interface Answer {
  readonly code: number
  readonly body: string
  readonly etag: string
  readonly fails: boolean
  readonly tookMs: number
}

const answer: fc.Arbitrary<Answer> = fc.record({
  code: fc.constantFrom(200, 200, 200, 201, 429, 500),
  body: fc.constantFrom('a', 'a', 'a', 'b', 'done'),
  etag: fc.constantFrom('x', 'x', 'x', 'y'),
  fails: fc.constantFrom(false, false, false, true),
  tookMs: fc.nat(900),
})

function attemptOf({ code, body, etag, fails, tookMs }: Answer, startedAt: number): Attempt {
  const failure = { kind: 'refused', message: 'connect ECONNREFUSED', head: null } as const
  const response = { code, headers: { etag }, body }
  return {
    startedAt,
    durationMs: tookMs,
    conditional: false,
    notes: [],
    result: fails ? { kind: 'failure', failure } : { kind: 'response', response },
  }
}

const runs = fc.array(fc.record({ answer, times: fc.integer({ min: 1, max: 40 }) }), { maxLength: 12 })

it('what is kept of a state, with the line of the last attempt, is the state after any row of repeats', () => {
  const task = parsePollTask({
    url: 'http://far.test/',
    ignoreFailure: true,
    pollCount: 1000,
    successThreshold: 25,
    backoff: { factor: 2 },
  })
  fc.assert(
    fc.property(runs, (told) => {
      let state: PollState = start(task, 1000)
      let kept: WaitingPoll = state
      let codeBefore: number | null | undefined
      let repeats = 0
      for (const { answer, times } of told)
        for (let time = 0; time < times && state.kind === 'waiting'; time++) {
          const before: WaitingPoll = state
          const attempt = attemptOf(answer, before.dueAt + 3)
          const event = { attempt, now: attempt.startedAt + attempt.durationMs, random: 0.5 }
          const step: { state: PollState; entry: LedgerEntry } = advance({ task, criteria }, before, event)
          state = step.state
          if (state.kind === 'done') return
          if (isRepeat(before, { ...step, codeBefore })) repeats++
          else kept = state
          expect(repeated(kept, step.entry)).toEqual(state)
          codeBefore = step.entry.code
        }
      if (told.some(({ times }) => times > 2)) expect(repeats).toBeGreaterThan(0)
    }),
  )
})
