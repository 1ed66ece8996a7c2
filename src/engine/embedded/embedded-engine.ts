import type { Verdict } from '../../core/judge.ts'
import type { Store } from '../../store/store.ts'
import type { Effects } from '../effects.ts'
import type { Engine } from '../engine.ts'
import { createAgenda } from './agenda.ts'
import { createAttemptReader } from './attempt-view.ts'
import { createAttempts } from './attempts.ts'
import { createCommands } from './commands.ts'
import { createExecutions } from './executions.ts'
import { createHorizon } from './horizon.ts'
import { createKeeper } from './keeper.ts'
import { createKeptExecutions } from './kept-executions.ts'
import { createKeptPolls, unsealed } from './kept-polls.ts'
import { createLanes, type LaneLimits } from './lanes.ts'
import { createLoop } from './loop.ts'
import { pollView } from './poll-view.ts'
import { createRevisions } from './revisions.ts'
import { createRunList } from './run-list.ts'
import type { Sealer } from './sealer.ts'
import { sharedCriteria } from './shared-criteria.ts'
import type { Arm, SharedParts } from './shared-parts.ts'
import { createStoreRoom } from './store-room.ts'
import { createSubmissions } from './submissions.ts'
import { sweep } from './sweep.ts'
import { createTrials } from './trials.ts'
import { createTurns, isTurn } from './turns.ts'
import { createWatchers } from './watchers.ts'

export interface EmbeddedEngineOptions {
  readonly store: Store
  readonly sealer: Sealer
  readonly effects: Effects
  /** Attempts at a time, to one origin (16) and to all (512). */
  readonly limits?: Partial<LaneLimits>
  /** Polls that may wait at a time: a million by default. */
  readonly maxOpen?: number
  /** How long a poll is kept after its end: 30 days by default. */
  readonly keepMs?: number
  /** So many ended polls are kept at most. */
  readonly keepRows?: number
  /** With so many bytes in the store nothing more is taken in. */
  readonly maxStoreBytes?: number
  /** Where people can look at an execution; its id by default. */
  readonly executionUrl?: (executionId: string) => string
  /** Hears of every attempt of a poll once its answer is there. */
  readonly onAttempt?: (made: MadeAttempt) => void
  /** Hears of what goes wrong with no caller to be told. */
  readonly onProblem: (error: unknown) => void
}

export interface MadeAttempt {
  /** Of the run. */
  readonly id: string
  readonly origin: string
  readonly method: string
  readonly iteration: number
  /** Null where there was no answer. */
  readonly code: number | null
  readonly verdict: Verdict
  /** Epoch ms. */
  readonly startedAt: number
  readonly durationMs: number
  /** From the instant at which it was due to its start. */
  readonly lateMs: number
}

const PER_ORIGIN = 16
const TOTAL = 512
const MAX_OPEN = 1_000_000
const KEEP_MS = 30 * 86_400_000

/**
 * An engine in this process over a store: a table of due times drives the pure machine of the core. What an earlier
 * process left waiting goes on.
 */
export async function embeddedEngine(options: EmbeddedEngineOptions): Promise<Engine> {
  const { store, sealer, effects, onProblem } = options
  const { clock } = effects
  const agenda = createAgenda()
  const criteriaOf = sharedCriteria()
  const polls = createKeptPolls({ store, sealer, criteriaOf, clock })
  const keeper = createKeeper({ store, sealer, clock, onProblem })
  const watchers = createWatchers()
  const horizon = createHorizon(agenda, { store, clock, queued: () => lanes.load().queued })
  const stopping = new AbortController()
  const maxBytes = options.maxStoreBytes ?? Number.POSITIVE_INFINITY
  const room = await createStoreRoom({ store, clock, maxBytes, signal: stopping.signal, onProblem })
  const open = { count: await store.countOpen(), limit: options.maxOpen ?? MAX_OPEN }
  const onAttempt = options.onAttempt ?? (() => {})
  const shared: Omit<SharedParts, 'arm'> = {
    store,
    sealer,
    effects,
    criteriaOf,
    polls,
    keeper,
    watchers,
    onAttempt,
    onProblem,
    open,
    room,
  }
  const arm: Arm = (poll) => {
    horizon.arm(poll)
    loop.wake(poll.dueAt)
  }
  /** For a time that the store does not know. */
  const armUnkept: Arm = ({ id, origin, dueAt }) => {
    agenda.add(id, origin, dueAt)
    loop.wake(dueAt)
  }
  const isCrowded = (origin: string) => lanes.isCrowded(origin)
  const attempts = createAttempts({ ...shared, arm, armUnkept, isCrowded })
  const limits = {
    perOrigin: PER_ORIGIN,
    total: TOTAL,
    ratePerOrigin: Number.POSITIVE_INFINITY,
    ...options.limits,
  }
  const lanes = createLanes({
    limits,
    clock,
    run: (id) => turns.grant(id) ?? attempts.make(id),
    prepare: (id) => (isTurn(id) ? undefined : polls.prepare(id)),
  })
  const turns = createTurns(lanes.add)
  const kept = createKeptExecutions(store, sealer, { executionUrl: options.executionUrl ?? ((id) => id) })
  const executions = createExecutions({ ...shared, arm, armUnkept, executions: kept, turns })
  const toDo = {
    add: (origin: string, id: string) => (origin === '' ? executions.make(id) : lanes.add(origin, id)),
  }
  const loop = createLoop({ agenda, horizon, lanes: toDo, clock, onProblem })
  const commands = createCommands({ ...shared, arm })
  const keepMs = options.keepMs ?? KEEP_MS
  const keepRows = options.keepRows ?? Number.POSITIVE_INFINITY
  const swept = sweep({ store, clock, keepMs, keepRows, signal: stopping.signal, onProblem })
  const { start, get, attempt, command } = executions
  await executions.resume()
  return {
    ...createSubmissions({ ...shared, arm }),
    ...createTrials(effects, criteriaOf),
    command: commands,
    revise: createRevisions({ ...shared, arm }),
    watch: watchers.add,
    executions: {
      ...{ start, get, attempt, command },
      ...createRunList({ store, sealer, executions: kept }),
      watchAll: watchers.addAll,
    },
    attempt: createAttemptReader(store, sealer),
    async get(id) {
      const stored = await store.get(id)
      return stored?.kind === 'poll' ? pollView(unsealed(stored, sealer)) : null
    },
    async list({ limit, ...query }) {
      const { runs, next } = await store.list({ ...query, kind: 'poll', name: null, text: null, limit })
      return { polls: runs.map((stored) => pollView(unsealed(stored, sealer))), next }
    },
    async events(id, query) {
      const events = await store.events(id, query)
      return events.length > 0 || (await store.get(id)) !== null ? events : null
    },
    load: async () => ({ paused: await store.countPaused(), open: open.count, ...lanes.load() }),
    isReady: () => keeper.isWell() && !stopping.signal.aborted,
    async stop(graceMs) {
      stopping.abort()
      lanes.close()
      loop.stop()
      const over = new AbortController()
      const grace = clock.sleepUntil(clock.now() + graceMs, over.signal).catch(() => {})
      await Promise.race([lanes.idle(), grace])
      over.abort()
      attempts.abandon()
      keeper.giveUp()
      await executions.abandon()
      await lanes.idle()
      await attempts.settled()
      await swept
      await store.close()
    },
  }
}
