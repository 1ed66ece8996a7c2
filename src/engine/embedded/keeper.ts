import type { DonePoll } from '../../core/poll.ts'
import type { PollTask } from '../../core/task.ts'
import type { NewEvent, Store, StoredEvent } from '../../store/store.ts'
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

/** Writes polls down until they are kept. */
export interface Keeper {
  /**
   * Resolves once the poll and what happened to it are kept, and its task where that is another one; while the store
   * cannot be written it tries again.
   */
  keep(poll: KeptPoll, happenings: readonly Happening[], task?: PollTask): Promise<void>
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
  const changeOf = (poll: KeptPoll, events: readonly NewEvent[], folds: boolean) => ({
    id: poll.id,
    status: statusOf(poll.state, poll.isPaused),
    dueAt: poll.state.kind === 'waiting' && !poll.isPaused ? askAt(poll) : null,
    endedAt: poll.state.kind === 'done' ? poll.state.endedAt : null,
    state: sealer.seal(JSON.stringify(poll.state), `state ${poll.id}`),
    events,
    folds,
  })
  const sealedTask = ({ id }: KeptPoll, task: PollTask | undefined) =>
    task && { task: sealer.seal(JSON.stringify(task), `task ${id}`) }
  return {
    isWell: () => isWell,
    giveUp: () => over.abort(),
    async keep(poll, happenings, task) {
      const at = clock.now()
      const events = happenings.map(({ kind, data, answer }) => ({
        ...eventOf({ number: ++poll.lastEvent, kind, at, data }),
        ...(answer !== undefined && { answer: sealer.seal(answer, answerPlace(poll.id)) }),
      }))
      const folds = happenings.some((one) => one.folds)
      if (folds && poll.endsFolding) poll.folded++
      if (happenings.length > 0) poll.endsFolding = folds
      for (;;) {
        try {
          await store.change({ ...changeOf(poll, events, folds), ...sealedTask(poll, task) })
          isWell = true
          return
        } catch (error) {
          isWell = false
          onProblem(error)
          if (over.signal.aborted) throw error
          await clock.sleepUntil(clock.now() + AGAIN_AFTER_MS, over.signal).catch(() => {})
        }
      }
    },
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
