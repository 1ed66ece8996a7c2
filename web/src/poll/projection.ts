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

/** When `progress` reaches 100 at the rate of the attempts; null where it does not move up. */
export function progressEndAt(attempts: readonly LedgerEntry[]): number | null {
  const told = attempts.filter(({ progress }) => progress !== null)
  const [first, last] = [told[0], told.at(-1)]
  if (!first || !last) return null
  const grown = (last.progress ?? 0) - (first.progress ?? 0)
  if (grown <= 0 || (last.progress ?? 0) >= 100) return null
  return last.startedAt + ((100 - (last.progress ?? 0)) * (last.startedAt - first.startedAt)) / grown
}
