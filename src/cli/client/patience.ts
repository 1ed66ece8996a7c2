import type { Clock } from '../../engine/effects.ts'
import { UnreachableError } from './server-error.ts'

const FIRST_WAIT_MS = 250
const LONGEST_WAIT_MS = 10_000

export interface Patience {
  readonly clock: Clock
  readonly random: () => number
  /** Ends the waiting between two tries; what is thrown then is its reason. */
  readonly signal: AbortSignal
  /** Hears of each try that was in vain, and in how many ms the next one comes. */
  readonly onLost: (error: UnreachableError, waitMs: number) => void
}

/** The wait before a try, after so many in vain: it doubles, up to 10 s, and is spread so that not all come at once. */
export function waitBefore(lost: number, random: number): number {
  const wait = Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** Math.min(lost - 1, 16))
  return Math.round(wait * (0.75 + random / 2))
}

/**
 * Does a work that must succeed in the end, such as reading a poll that goes on at a server that is away.
 * @param isOver Says of a try in vain (from 1) that it was the last; what it threw is thrown then.
 */
export async function patiently<T>(
  work: () => Promise<T>,
  patience: Patience,
  isOver: (error: UnreachableError, lost: number) => boolean = () => false,
): Promise<T> {
  for (let lost = 1; ; lost++) {
    try {
      return await work()
    } catch (error) {
      if (!(error instanceof UnreachableError) || patience.signal.aborted || isOver(error, lost)) throw error
      await pause(error, lost, patience)
    }
  }
}

/** Says that a try was in vain, and waits for the next. */
export async function pause(error: UnreachableError, lost: number, patience: Patience): Promise<void> {
  const { clock, random, signal, onLost } = patience
  const waitMs = waitBefore(lost, random())
  onLost(error, waitMs)
  await clock.sleepUntil(clock.now() + waitMs, signal)
}
