import type { DonePoll } from '../../core/poll.ts'
import type { PollTask } from '../../core/task.ts'
import type { Store, StoredEvent, StoredRun } from '../../store/store.ts'
import type { Clock } from '../effects.ts'
import { type AnswerTexts, sealAnswer } from './attempt-view.ts'
import { askAt, type KeptPoll } from './kept-polls.ts'
import { statusOf } from './poll-view.ts'
import type { Sealer } from './sealer.ts'

/** What happened, before it has its number. `data` must be masked. */
export interface Happening {
  readonly kind: string
  readonly data: unknown
  /** An attempt like the one before: of many of these the last is kept. */
  readonly folds?: boolean
  /** What came back in an attempt. */
  readonly answer?: AnswerTexts
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
  readonly state: string
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
  /** The same for an attempt from whose line, masked and as text, the poll's state follows: that alone is written. */
  keepRepeat(poll: KeptPoll, line: string): Promise<void>
  /** The same for a run of any kind; `standing` is asked at each try. */
  keepRun(run: Keepable, standing: () => Standing, happenings: readonly Happening[]): Promise<void>
  isWell(): boolean
  /** Tries no more: what cannot be written by now rejects. */
  giveUp(): void
}

const AGAIN_AFTER_MS = 1000

export interface KeeperOptions {
  readonly store: Pick<Store, 'change' | 'repeat'>
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
    state: sealer.seal(state, `state ${id}`),
    ...(task !== undefined && { task: sealer.seal(task, `task ${id}`) }),
  })
  const untilKept = async (write: () => Promise<void>): Promise<void> => {
    for (;;) {
      try {
        await write()
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
  const keepRun: Keeper['keepRun'] = (run, standing, happenings) => {
    const at = clock.now()
    const folds = happenings.some((one) => one.folds)
    const first = counted(run, { count: happenings.length, folds })
    const events = happenings.map(({ kind, data, answer }, index) => ({
      ...eventOf({ number: first + index, kind, at, data }),
      ...(answer !== undefined && { answer: sealAnswer(sealer, answer, run.id) }),
    }))
    return untilKept(() => store.change({ ...changeOf(run.id, standing()), events, folds }))
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
    keepRepeat(poll, data) {
      const { id } = poll
      const number = counted(poll, { count: 1, folds: true })
      const at = clock.now()
      return untilKept(() => store.repeat({ id, dueAt: dueAtOf(poll), number, at, data }))
    },
  }
}

function standingOf(poll: KeptPoll): Standing {
  return { ...rowOf(poll), state: JSON.stringify(poll.state) }
}

/** Counts events that are about to be kept. The number of the first. */
function counted(run: Keepable, { count, folds }: { count: number; folds: boolean }): number {
  const first = run.lastEvent + 1
  if (folds && run.endsFolding) run.folded++
  if (count > 0) run.endsFolding = folds
  run.lastEvent += count
  return first
}

function rowOf(poll: KeptPoll): Pick<StoredRun, 'status' | 'dueAt' | 'endedAt'> {
  const { state, isPaused } = poll
  return {
    status: statusOf(state, isPaused),
    dueAt: dueAtOf(poll),
    endedAt: state.kind === 'done' ? state.endedAt : null,
  }
}

/** Null where it is not to be asked. */
function dueAtOf(poll: KeptPoll): number | null {
  const at = askAt(poll)
  return at === Number.POSITIVE_INFINITY ? null : at
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
