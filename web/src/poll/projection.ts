import { grownIntervalMs } from '../../../src/core/schedule.ts'
import type { LedgerEntry, PollView } from '../api/polls.ts'

type Counted = Pick<PollView, 'nextAttemptAt' | 'deadlineAt' | 'task' | 'iterationCount'>

/** Beyond so many attempts the rest is reckoned by the longest interval. */
const COUNTED = 1000

/**
 * The latest instant at which the poll is over: its deadline, or when its count is used up by attempts of that
 * length. Null while paused.
 */
export function longestEndAt(
  { nextAttemptAt, deadlineAt, task, iterationCount }: Counted,
  attemptMs: number,
): number | null {
  const deadline = deadlineAt === null ? Number.POSITIVE_INFINITY : Date.parse(deadlineAt)
  if (nextAttemptAt === null) return Number.isFinite(deadline) ? deadline : null
  const after = task.pollCount - iterationCount - 1
  let ms = (after + 1) * attemptMs
  for (let i = 0; i < Math.min(after, COUNTED); i++) ms += grownIntervalMs(task, iterationCount + i + 1)
  if (after > COUNTED) ms += (after - COUNTED) * grownIntervalMs(task, COUNTED)
  return Math.min(deadline, Date.parse(nextAttemptAt) + ms)
}

/**
 * When `progress` reaches 100, should it go on by as much an attempt, and the attempts come at the pace of these, or of
 * the interval where that has become longer; null where it does not move up.
 */
export function progressEndAt(
  { nextAttemptAt, task }: Pick<Counted, 'nextAttemptAt' | 'task'>,
  attempts: readonly LedgerEntry[],
): number | null {
  const told = attempts.filter(({ progress }) => progress !== null)
  const [first, last] = [told[0], told.at(-1)]
  if (!first || !last) return null
  const grown = (last.progress ?? 0) - (first.progress ?? 0)
  const left = 100 - (last.progress ?? 0)
  if (grown <= 0 || left <= 0) return null
  const steps = last.iteration - first.iteration
  const paceMs = Math.max((last.startedAt - first.startedAt) / steps, task.pollIntervalSeconds * 1000)
  const end = last.startedAt + ((left * steps) / grown) * paceMs
  return nextAttemptAt === null ? end : Math.max(end, Date.parse(nextAttemptAt))
}
