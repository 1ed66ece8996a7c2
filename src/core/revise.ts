import type { WaitingPoll } from './poll.ts'
import { nextWait } from './schedule.ts'
import type { PollTask } from './task.ts'

/** From one task to the other, at an instant (epoch ms), with a random number in [0, 1) for the jitter. */
export interface Revision {
  readonly from: PollTask
  readonly to: PollTask
  readonly now: number
  readonly random: number
}

/**
 * The state of a poll whose task has been changed while it waits. The time-out counts from the start as ever; another
 * interval counts from now; and what the conditions made of the last answer is forgotten where they are others.
 */
export function revise(state: WaitingPoll, { from, to, now, random }: Revision): WaitingPoll {
  const deadlineAt = to.timeoutSeconds === null ? null : state.startedAt + to.timeoutSeconds * 1000
  const judged = isSame(from, to, ['exitCriteria'])
    ? state
    : { ...state, lastJudgement: null, lastValues: {}, successes: 0 }
  const watched =
    from.progress === to.progress ? judged : { ...judged, progress: { value: null, since: now } }
  return { ...watched, deadlineAt, ...nextAttempt(state, { from, to, now, random }, deadlineAt) }
}

const TIMES = ['pollIntervalSeconds', 'timeoutSeconds', 'backoff'] as const

function nextAttempt(
  state: WaitingPoll,
  { from, to, now, random }: Revision,
  deadlineAt: number | null,
): Pick<WaitingPoll, 'dueAt' | 'waitReason'> {
  const { dueAt, waitReason } = state
  const isBefore = deadlineAt === null || dueAt < deadlineAt
  const isAskedFor = waitReason === 'retry-after' || waitReason === 'initial-delay'
  if (isSame(from, to, TIMES) || (isAskedFor && isBefore)) return { dueAt, waitReason }
  const growth = Math.max(0, state.growth - 1)
  const wait = nextWait(to, { now, growth, retryAfterMs: null, lastDurationMs: 0, deadlineAt, random })
  // Out of time: it asks a last time.
  return 'dueAt' in wait
    ? { dueAt: wait.dueAt, waitReason: wait.reason }
    : { dueAt: now, waitReason: 'last-chance' }
}

function isSame(from: PollTask, to: PollTask, keys: readonly (keyof PollTask)[]): boolean {
  return keys.every((key) => JSON.stringify(from[key]) === JSON.stringify(to[key]))
}
