import type { Verdict } from '../../../src/core/judge.ts'
import type { LedgerEntry } from '../api/polls.ts'

/** Attempts that are drawn as one: the longest of them, and the verdict that most wants to be seen. */
export interface Column {
  readonly from: number
  /** Behind the last. */
  readonly to: number
  readonly durationMs: number
  readonly verdict: Verdict
}

/** The later, the more it wants to be seen. */
const RANK: readonly Verdict[] = ['pending', 'throttled', 'succeeded', 'broken', 'failed']

/** Attempts in so many columns. */
export function columnsOf(attempts: readonly LedgerEntry[], columns: number): Column[] {
  return Array.from({ length: Math.max(0, columns) }, (_, at) => {
    const [from, to] = [at, at + 1].map((edge) => Math.floor((edge * attempts.length) / columns)) as [
      number,
      number,
    ]
    const drawn = attempts.slice(from, to)
    return {
      from,
      to,
      durationMs: Math.max(...drawn.map(({ durationMs }) => durationMs)),
      verdict: RANK[Math.max(...drawn.map(({ verdict }) => RANK.indexOf(verdict)))] ?? 'pending',
    }
  })
}
