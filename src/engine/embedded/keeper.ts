import type { DonePoll } from '../../core/poll.ts'
import type { PollTask } from '../../core/task.ts'
import type { Store, StoredEvent, StoredRun } from '../../store/store.ts'
import type { Clock } from '../effects.ts'
import { answerPlace } from './attempt-view.ts'
import { askAt, type KeptPoll } from './kept-polls.ts'
import { statusOf } from './poll-view.ts'
import type { Sealer } from './sealer.ts'

/** What happened, before it has its number. `data` must be masked. */
export interface Happening {
  readonly kind: string
  readonly data: unknown
  /** An attempt like the one before: of many of these the last is kept. */
  readonly folds?: boolean
  /** What came back in an attempt, masked, as JSON text. */
  readonly answer?: string
}

/** A run in memory, with what is known of its events. */
interface Keepable {
  readonly id: string
  lastEvent: number
  folded: number
  endsFolding: boolean
}

/** How a run stands; its texts are still to be sealed. */
export interface Standing extends Pick<StoredRun, 'status' | 'dueAt' | 'endedAt'> {
  /** Null where it follows from what is kept and from what happened. */
  readonly state: string | null
  /** Where it is another one than before. */
  readonly task?: string
}

/** Writes runs down until they are kept. */
export interface Keeper {
  /**
   * Resolves once the poll and what happened to it are kept, and its task where that is another one; while the store
   * cannot be written it tries again.
   */
  keep(poll: KeptPoll, happenings: readonly Happening[], task?: PollTask): Promise<void>
  /** The same for an attempt from which the poll's state follows: only its line is written. */
  keepRepeat(poll: KeptPoll, attempted: Happening): Promise<void>
  /** The same for a run of any kind; `standing` is asked at each try. */
  keepRun(run: Keepable, standing: () => Standing, happenings: readonly Happening[]): Promise<void>
  isWell(): boolean
  /** Tries no more: what cannot be written by now rejects. */
  giveUp(): void
}

const AGAIN_AFTER_MS = 1000

export interface KeeperOptions {
  readonly store: Pick<Store, 'change'>
  readonly sealer: Sealer
  readonly clock: Clock
  readonly onProblem: (error: unknown) => void
}

export function createKeeper({ store, sealer, clock, onProblem }: KeeperOptions): Keeper {
  const over = new AbortController()
  let isWell = true
  /** Made anew at each try: an older one that comes late would undo what came after it. */
  const changeOf = (id: string, { state, task, ...row }: Standing) => ({
    id,
    ...row,
    ...(state !== null && { state: sealer.seal(state, `state ${id}`) }),
    ...(task !== undefined && { task: sealer.seal(task, `task ${id}`) }),
  })
  const keepRun: Keeper['keepRun'] = async (run, standing, happenings) => {
    const at = clock.now()
    const events = happenings.map(({ kind, data, answer }) => ({
      ...eventOf({ number: ++run.lastEvent, kind, at, data }),
      ...(answer !== undefined && { answer: sealer.seal(answer, answerPlace(run.id)) }),
    }))
    const folds = happenings.some((one) => one.folds)
    if (folds && run.endsFolding) run.folded++
    if (happenings.length > 0) run.endsFolding = folds
    for (;;) {
      try {
        await store.change({ ...changeOf(run.id, standing()), events, folds })
        isWell = true
        return
      } catch (error) {
        isWell = false
        onProblem(error)
        if (over.signal.aborted) throw error
        await clock.sleepUntil(clock.now() + AGAIN_AFTER_MS, over.signal).catch(() => {})
      }
    }
  }
  return {
    isWell: () => isWell,
    giveUp: () => over.abort(),
    keepRun,
    keep: (poll, happenings, task) =>
      keepRun(
        poll,
        () => ({ ...standingOf(poll), ...(task !== undefined && { task: JSON.stringify(task) }) }),
        happenings,
      ),
    keepRepeat: (poll, attempted) => keepRun(poll, () => ({ ...rowOf(poll), state: null }), [attempted]),
  }
}

function standingOf(poll: KeptPoll): Standing {
  return { ...rowOf(poll), state: JSON.stringify(poll.state) }
}

function rowOf(poll: KeptPoll): Pick<StoredRun, 'status' | 'dueAt' | 'endedAt'> {
  const { state, isPaused } = poll
  return {
    status: statusOf(state, isPaused),
    dueAt: state.kind === 'waiting' && !isPaused ? askAt(poll) : null,
    endedAt: state.kind === 'done' ? state.endedAt : null,
  }
}

export function eventOf({
  data,
  ...event
}: Omit<StoredEvent, 'data' | 'folded'> & { data: unknown }): StoredEvent {
  return { ...event, data: JSON.stringify(data), folded: 0 }
}

/** The last event of a poll. */
export function endedHappening({ outcome }: DonePoll, message: string): Happening {
  return { kind: 'ended', data: { outcome, message } }
}
