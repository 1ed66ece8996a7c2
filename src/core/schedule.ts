import type { PollTask } from './task.ts'

/** Why the next attempt comes when it does. */
export type WaitReason = 'initial-delay' | 'interval' | 'backoff' | 'retry-after' | 'last-chance'

export interface Wait {
  readonly dueAt: number
  readonly reason: WaitReason
}

/** What is known when a wait is to be chosen; instants in epoch ms. */
export interface WaitFacts {
  readonly now: number
  /** Attempts in a row that were not decisive: how often the interval has grown. */
  readonly growth: number
  readonly retryAfterMs: number | null
  readonly lastDurationMs: number
  readonly deadlineAt: number | null
  /** In [0, 1): spreads the wait by `backoff.jitter`. */
  readonly random: number
}

/** No wait: the task is out of time, and why. */
export interface NoTimeLeft {
  readonly reason: 'out-of-time' | 'retry-after-beyond-deadline'
}

/** When the next attempt comes, or that none can come before the deadline. */
export function nextWait(task: PollTask, facts: WaitFacts): Wait | NoTimeLeft {
  const wait = undisturbedWait(task, facts)
  if (facts.deadlineAt === null) return wait
  if (wait.reason === 'retry-after') {
    return wait.dueAt < facts.deadlineAt ? wait : { reason: 'retry-after-beyond-deadline' }
  }
  const lastChanceAt = facts.deadlineAt - lastChanceMarginMs(facts.lastDurationMs)
  if (wait.dueAt <= lastChanceAt) return wait
  if (facts.now < lastChanceAt) return { dueAt: lastChanceAt, reason: 'last-chance' }
  return wait.dueAt < facts.deadlineAt ? wait : { reason: 'out-of-time' }
}

/** The interval after `growth` undecided attempts, before jitter. */
export function grownIntervalMs(task: PollTask, growth: number): number {
  const base = task.pollIntervalSeconds * 1000
  if (task.backoff === null || growth === 0) return base
  const cap = Math.max(base, task.backoff.maxSeconds * 1000)
  return Math.min(base * task.backoff.factor ** growth, cap)
}

function undisturbedWait(task: PollTask, { now, growth, retryAfterMs, random }: WaitFacts): Wait {
  const grown = grownIntervalMs(task, growth)
  const jitter = task.backoff?.jitter ?? 0
  const spread = grown * (1 + jitter * (2 * random - 1))
  if (retryAfterMs !== null && retryAfterMs > spread)
    return { dueAt: now + retryAfterMs, reason: 'retry-after' }
  const isGrown = task.backoff !== null && (growth > 0 || jitter > 0)
  return { dueAt: now + spread, reason: isGrown ? 'backoff' : 'interval' }
}

/** The last attempt starts twice its predecessor's duration before the deadline, 100 ms to 5 s. */
function lastChanceMarginMs(lastDurationMs: number): number {
  return Math.min(5000, Math.max(100, 2 * lastDurationMs))
}
