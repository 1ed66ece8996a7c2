import { withUnknownSettled } from '../../pipeline/exchanges.ts'
import { isEnded } from '../../pipeline/run-state.ts'
import { NOT_DUE } from '../../store/outbox.ts'
import type { EventCounts, KeptRun, NewEvent, Store, StoredRun } from '../../store/store.ts'
import type { Clock } from '../effects.ts'
import {
  MOVED_AWAY,
  MOVED_HERE,
  type MovedExecution,
  type MovedPoll,
  type MovedRun,
  type RunMover,
  requireFitting,
  wasPaused,
} from '../moved-run.ts'
import { openWebhook, sealWebhook, type Webhook } from '../webhook.ts'
import { changesOf } from './execution-drivers.ts'
import { createKeeper, eventOf } from './keeper.ts'
import { createKeptExecutions, HELD, standingOf, storedExecution } from './kept-executions.ts'
import { storedPoll, unsealed } from './kept-polls.ts'
import type { Sealer } from './sealer.ts'

export interface StoreMoverOptions {
  readonly store: Store
  readonly sealer: Sealer
  readonly clock: Clock
}

const PAGE = 500

/** Moves runs out of a store and into it, while no engine has it. */
export function storeMover({ store, sealer, clock }: StoreMoverOptions): RunMover {
  const executions = createKeptExecutions(store, sealer, { executionUrl: (id) => id })
  const keeper = createKeeper({
    store,
    sealer,
    clock,
    onProblem: (error) => {
      throw error
    },
  })
  let webhooks: Promise<ReadonlyMap<string, Webhook>> | null = null

  const allWebhooks = async () => {
    const entries = await store.outbox.due({ until: NOT_DUE, limit: Number.MAX_SAFE_INTEGER })
    return new Map(
      entries.map(({ id, value }) => {
        const { url, secret } = openWebhook(sealer, id, value)
        return [id, { url, secret }] as const
      }),
    )
  }
  const eventsOf = (id: string) => store.events(id, { after: 0, limit: Number.MAX_SAFE_INTEGER, kind: null })
  const takePoll = async (stored: KeptRun & EventCounts): Promise<MovedPoll | null> => {
    const { id, createdAt } = stored
    const { name, task, state, isPaused } = unsealed(stored, sealer)
    if (state.kind === 'done') return null
    const isPausedByHand = wasPaused(await eventsOf(id), isPaused)
    const standing = { status: 'PAUSED', dueAt: null, endedAt: null, state: JSON.stringify(state) } as const
    const kept = { id, ...countsOf(stored) }
    await keeper.keepRun(kept, () => standing, [{ kind: MOVED_AWAY, data: { wasPaused: isPausedByHand } }])
    webhooks ??= allWebhooks()
    const webhook = (await webhooks).get(id) ?? null
    const rest = { ...countsOf(kept), events: await eventsOf(id), webhook }
    return { kind: 'poll', id, createdAt, name, isPaused: isPausedByHand, task, state, ...rest }
  }
  const takeExecution = async (stored: KeptRun & EventCounts): Promise<MovedExecution | null> => {
    const { id, createdAt } = stored
    const kept = executions.open(stored)
    const before = kept.run
    // What was on the wire when its server was killed is not sent again in silence, here or elsewhere. One that does
    // not fit here says there what may be.
    if (kept.unfit === null) kept.run = withUnknownSettled(kept.context, before, clock.now())
    const hasEnded = isEnded(kept.run.status)
    const changes = changesOf(before, kept.run)
    const standing = standingOf(kept.run)
    await keeper.keepRun(
      kept,
      () => (hasEnded ? standing : { ...standing, ...HELD }),
      hasEnded ? changes : [...changes, { kind: MOVED_AWAY, data: {} }],
    )
    if (hasEnded) return null
    const sources = JSON.parse(sealer.open(stored.task, `task ${id}`)) as MovedExecution['sources']
    const rest = { ...countsOf(kept), events: await eventsOf(id) }
    return { kind: 'execution', id, createdAt, sources, run: kept.run, ...rest }
  }
  return {
    async open() {
      const ids: string[] = []
      for (let before: number | null = null; ; ) {
        const filter = { kind: null, status: null, name: null, text: null }
        const { runs, next } = await store.list({ ...filter, before, limit: PAGE })
        ids.push(...runs.filter(({ endedAt }) => endedAt === null).map(({ id }) => id))
        if (next === null) return ids.reverse()
        before = next
      }
    },
    async take(id) {
      const stored = await store.get(id)
      if (stored === null || stored.endedAt !== null) return null
      return stored.kind === 'poll' ? takePoll(stored) : takeExecution(stored)
    },
    async put(moved) {
      if ((await store.get(moved.id)) !== null) return false
      if (moved.kind === 'execution') requireFitting(moved, executions.contextOf)
      await store.submit({
        run: rowOf(moved, sealer),
        events: withArrival(moved, clock.now()),
        idempotency: null,
        message: messageOf(moved, sealer),
      })
      return true
    },
  }
}

function withArrival({ events, lastEvent }: MovedRun, at: number): NewEvent[] {
  return [...events, eventOf({ number: lastEvent + 1, kind: MOVED_HERE, at, data: {} })]
}

function messageOf(moved: MovedRun, sealer: Sealer): Uint8Array | null {
  if (moved.kind !== 'poll' || moved.webhook === null) return null
  return sealWebhook(sealer, moved.id, { ...moved.webhook, failures: 0 })
}

function rowOf(moved: MovedRun, sealer: Sealer): StoredRun {
  return moved.kind === 'poll' ? storedPoll(moved, { isAsked: true }, sealer) : storedExecution(moved, sealer)
}

function countsOf({ lastEvent, folded, endsFolding }: EventCounts) {
  return { lastEvent, folded, endsFolding }
}
