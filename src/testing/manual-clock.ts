import type { Clock } from '../engine/effects.ts'

export interface ManualClock extends Clock {
  /** Lets this many milliseconds pass. */
  advance(ms: number): void
}

/** A clock in virtual time: a sleep lets the time pass at once, so a poll of hours takes no time at all. */
export function manualClock(startAt: number = Date.UTC(2026, 0, 1)): ManualClock {
  let now = startAt
  return {
    now: () => now,
    advance(ms) {
      now += ms
    },
    async sleepUntil(at, signal) {
      signal?.throwIfAborted()
      now = Math.max(now, at)
    },
  }
}
