import { expect, it } from 'vitest'
import { pendingExchanges } from '../../pipeline/exchanges.ts'
import { advanceRun, startRun } from '../../pipeline/run.ts'
import { manualClock } from '../../testing/manual-clock.ts'
import { createBudget } from './budget.ts'
import { contextOf } from './execution-record.ts'
import { createSender, type Sending } from './sender.ts'
import type { WorkerParts } from './worker-parts.ts'

const ONE = `
kind: PIPELINE
name: One
stageOrder: [S]
stages: {S: {taskOrder: [A], tasks: {A: {type: REST, input: {action: post, url: 'http://far.test/a'}}}}}
`

/** A sender with room for one request to an origin, and a REST request that is marked as about to leave. */
function world() {
  const sent: string[] = []
  const clock = manualClock(0)
  let ids = 0
  const effects: WorkerParts['effects'] = {
    clock,
    random: () => 0,
    newId: () => `token-${++ids}`,
    transport: {
      async send({ url }) {
        sent.push(url)
        const response = { code: 200, headers: {}, body: '{}' }
        return { startedAt: 0, durationMs: 0, notes: [], result: { kind: 'response', response } }
      },
      async close() {},
    },
  }
  const budget = createBudget({ perOrigin: 1, total: 1 })
  const context = contextOf({ pipeline: 'One', sources: { One: ONE }, variables: {}, input: {} })
  const about = { executionId: 'e', input: {}, requestBy: '', comments: '', now: 0 }
  const started = startRun(context, { pipeline: 'One', ...about })
  const { run } = advanceRun(context, started, { kind: 'sending', path: ['S.A'], now: 0 })
  const [exchange] = pendingExchanges(run)
  const sending: Sending = { context, run, exchange: exchange! }
  return { sent, budget, sending, sender: createSender({ effects, budget } as WorkerParts) }
}

const live = () => new AbortController().signal

it('sends a REST request for its token once, and says of a second time that nobody knows', async () => {
  const { sent, sending, sender } = world()
  const token = sender.begin()
  expect(await sender.carryOut(sending, token, live())).toMatchObject({ kind: 'answered' })
  expect(await sender.carryOut(sending, token, live())).toMatchObject({ kind: 'lost', sendAgain: false })
  expect(await sender.carryOut(sending, 'of another process', live())).toMatchObject({ kind: 'lost' })
  expect(sent).toHaveLength(1)
})

it('sends it the next time where it was broken off before it could leave', async () => {
  const { sent, budget, sending, sender } = world()
  const leave = await budget.enter('http://far.test', live())
  const token = sender.begin()
  const breaking = new AbortController()
  const brokenOff = sender.carryOut(sending, token, breaking.signal)
  breaking.abort()
  await expect(brokenOff).rejects.toThrow()
  leave?.()
  await expect(sender.carryOut(sending, token, AbortSignal.abort())).rejects.toThrow()
  expect(sent).toEqual([])
  expect(await sender.carryOut(sending, token, live())).toMatchObject({ kind: 'answered' })
  expect([sent.length, budget.inFlight()]).toEqual([1, 0])
})
