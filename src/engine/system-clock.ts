import { setTimeout as sleep } from 'node:timers/promises'
import type { Clock } from './effects.ts'

/** Timers beyond 2^31-1 ms fire at once, so a longer sleep is taken in parts. */
const LONGEST_TIMER_MS = 2 ** 31 - 1

/** The machine's clock: the wall clock when the process began plus monotonic time since, so it never jumps. */
export const systemClock: Clock = {
  now: () => performance.timeOrigin + performance.now(),
  async sleepUntil(at, signal) {
    for (let left = at - systemClock.now(); left > 0; left = at - systemClock.now()) {
      await sleep(Math.min(Math.ceil(left), LONGEST_TIMER_MS), undefined, { signal })
    }
    signal.throwIfAborted()
  },
}
