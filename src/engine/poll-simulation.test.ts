import fc from 'fast-check'
import { expect, it } from 'vitest'
import { runs } from '../../tests/runs.ts'
import type { PollState } from '../core/poll.ts'
import { type PollTaskInput, parsePollTask } from '../core/task.ts'
import { manualClock } from '../testing/manual-clock.ts'
import { type ScriptedAnswer, scriptedTransport } from '../testing/scripted-transport.ts'
import type { Transport } from './effects.ts'
import { poll } from './poll.ts'

const exitCriteria = { success: 'status == "FINISHED"', failure: 'status == "FAILED"' }
const durationMs = fc.oneof(fc.constant(0), fc.integer({ min: 1, max: 40_000 }))
const answer: fc.Arbitrary<ScriptedAnswer> = fc.oneof(
  {
    weight: 3,
    arbitrary: fc.record({
      body: fc.constantFrom({ status: 'RUNNING' }, { progress: 1 }, 'text', ''),
      durationMs,
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({ body: fc.constantFrom({ status: 'FINISHED' }, { status: 'FAILED' }), durationMs }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      code: fc.constantFrom(200, 404, 429, 500, 503),
      headers: fc.constantFrom(
        {},
        { 'retry-after': '7' },
        { 'retry-after': '90' },
        { 'retry-after': 'soon' },
      ),
      durationMs,
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      fails: fc.constantFrom('refused', 'reset', 'timeout', 'tls', 'truncated'),
      durationMs,
    }),
  },
)
const taskInput: fc.Arbitrary<PollTaskInput> = fc.record({
  url: fc.constant('http://h/'),
  exitCriteria: fc.constant(exitCriteria),
  pollCount: fc.integer({ min: 1, max: 12 }),
  pollIntervalSeconds: fc.constantFrom(0.01, 1, 5, 60),
  ignoreFailure: fc.constantFrom(true, true, false, 'transient' as const),
  timeoutSeconds: fc.option(fc.constantFrom(0.5, 10, 90, 600), { nil: null }),
  requestTimeoutSeconds: fc.constantFrom(1, 30),
  backoff: fc.option(fc.constantFrom({ factor: 2 }, { factor: 1.5, maxSeconds: 20, jitter: 1 }), {
    nil: null,
  }),
})

it('through whatever the far side does: one attempt at a time, in time, and one end', async () => {
  await fc.assert(
    fc.asyncProperty(
      taskInput,
      fc.array(answer, { minLength: 1, maxLength: 14 }),
      fc.double({ min: 0, max: 0.999, noNaN: true }),
      async (input, answers, random) => {
        const task = parsePollTask(input)
        const clock = manualClock()
        const startedAt = clock.now()
        const sent: number[] = []
        const transport = alone(scriptedTransport(answers, clock), () => sent.push(clock.now()))
        const states: PollState[] = []
        const result = await poll(task, {
          effects: { clock, random: () => random, transport },
          onAttempt: (_, state) => void states.push(state),
        })

        expect(result.iterationCount).toBe(sent.length)
        expect(result.iterationCount).toBeLessThanOrEqual(task.pollCount)
        expect(result.attempts.map(({ iteration }) => iteration)).toEqual(sent.map((_, i) => i + 1))
        const ends = states.filter(({ kind }) => kind === 'done').length
        expect([ends, states.at(-1)?.kind]).toEqual([1, 'done'])
        states.forEach((state, i) => {
          if (state.kind === 'waiting') expect(sent[i + 1]).toBeGreaterThanOrEqual(state.dueAt)
        })
        if (task.timeoutSeconds !== null) {
          expect(Date.parse(result.endedAt) - startedAt).toBeLessThanOrEqual(task.timeoutSeconds * 1000 + 1)
        }
      },
    ),
    runs(500),
  )
})

/** The same transport, which fails where two attempts overlap. */
function alone(transport: Transport, onSend: () => void): Transport {
  let isSending = false
  return {
    ...transport,
    async send(request, options) {
      expect(isSending).toBe(false)
      isSending = true
      onSend()
      await Promise.resolve()
      const sent = await transport.send(request, options)
      isSending = false
      return sent
    },
  }
}
