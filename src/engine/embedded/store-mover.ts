import { unknownExchanges } from '../../pipeline/exchanges.ts'
import { advanceRun } from '../../pipeline/run.ts'
import { isEnded } from '../../pipeline/run-state.ts'
import { NOT_DUE } from '../../store/outbox.ts'
import type { EventCounts, KeptRun, NewEvent, Store } from '../../store/store.ts'
import type { Clock } from '../effects.ts'
import {
  MOVED_AWAY,
  MOVED_HERE,
  type MovedExecution,
  type MovedPoll,
  type MovedRun,
  type RunMover,
  wasPaused,
} from '../moved-run.ts'
import { type KeptWebhook, type Webhook, webhookPlace } from '../webhook.ts'
import { changesOf } from './execution-drivers.ts'
import { createKeeper, eventOf, type Happening } from './keeper.ts'
import { createKeptExecutions, sourcesText, standingOf } from './kept-executions.ts'
import { unsealed } from './kept-polls.ts'
import { statusOf } from './poll-view.ts'
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
        const { url, secret } = JSON.parse(sealer.open(value, webhookPlace(id))) as KeptWebhook
        return [id, { url, secret }] as const
      }),
    )
  }
  const eventsOf = (id: string) => store.events(id, { after: 0, limit: Number.MAX_SAFE_INTEGER, kind: null })
  const countsOf = async (id: string): Promise<EventCounts> => {
    const { lastEvent, folded, endsFolding } = (await store.get(id)) as EventCounts
    return { lastEvent, folded, endsFolding }
  }
  const takePoll = async (stored: KeptRun & EventCounts): Promise<MovedPoll | null> => {
    const { id, createdAt } = stored
    const { name, task, state, isPaused } = unsealed(stored, sealer)
    if (state.kind === 'done') return null
    const isPausedByHand = wasPaused(await eventsOf(id), isPaused)
    const standing = { status: 'PAUSED', dueAt: null, endedAt: null, state: JSON.stringify(state) } as const
    await keeper.keepRun({ ...stored }, () => standing, [
      { kind: MOVED_AWAY, data: { wasPaused: isPausedByHand } },
    ])
    webhooks ??= allWebhooks()
    const webhook = (await webhooks).get(id) ?? null
    const rest = { ...(await countsOf(id)), events: await eventsOf(id), webhook }
    return { kind: 'poll', id, createdAt, name, isPaused: isPausedByHand, task, state, ...rest }
  }
  const takeExecution = async (stored: KeptRun & EventCounts): Promise<MovedExecution | null> => {
    const { id, createdAt } = stored
    const kept = executions.open(stored)
    const happenings: Happening[] = []
    // What was on the wire when its server was killed is not sent again in silence, here or elsewhere.
    for (const { path, isSafe } of unknownExchanges(kept.context, kept.run)) {
      const event = { kind: 'lost', path, sendAgain: isSafe, now: clock.now() } as const
      const { run } = advanceRun(kept.context, kept.run, event)
      happenings.push(...changesOf(kept.run, run))
      kept.run = run
    }
    const hasEnded = isEnded(kept.run.status)
    if (!hasEnded) happenings.push({ kind: MOVED_AWAY, data: {} })
    const standing = standingOf(kept.run)
    await keeper.keepRun(
      kept,
      () => (hasEnded ? standing : { ...standing, status: 'PAUSED', dueAt: null }),
      happenings,
    )
    if (hasEnded) return null
    const sources = JSON.parse(sealer.open(stored.task, `task ${id}`)) as MovedExecution['sources']
    const rest = { ...(await countsOf(id)), events: await eventsOf(id) }
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
      await store.submit({
        run: moved.kind === 'poll' ? pollOf(moved, sealer) : executionOf(moved, sealer),
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
  return sealer.seal(JSON.stringify({ ...moved.webhook, failures: 0 }), webhookPlace(moved.id))
}

function pollOf({ id, name, createdAt, task, state, isPaused }: MovedPoll, sealer: Sealer) {
  return {
    id,
    kind: 'poll',
    name,
    status: statusOf(state, isPaused),
    origin: new URL(task.url).origin,
    executionIndex: null,
    createdAt,
    dueAt: state.kind === 'done' || isPaused ? null : state.dueAt,
    endedAt: null,
    task: sealer.seal(JSON.stringify(task), `task ${id}`),
    state: sealer.seal(JSON.stringify(state), `state ${id}`),
  } as const
}

function executionOf({ id, createdAt, sources, run }: MovedExecution, sealer: Sealer) {
  const { state, ...standing } = standingOf(run)
  return {
    id,
    kind: 'execution',
    name: run.pipeline,
    origin: '',
    executionIndex: run.executionIndex,
    createdAt,
    ...standing,
    task: sealer.seal(sourcesText(sources), `task ${id}`),
    state: sealer.seal(state, `state ${id}`),
  } as const
}
