import type { Clock } from './effects.ts'

/** Timers beyond 2^31-1 ms fire at once, so a longer sleep is taken in parts. */
const LONGEST_TIMER_MS = 2 ** 31 - 1

const { timeOrigin } = performance

/** The machine's clock: the wall clock when the process began plus monotonic time since, so it never jumps. */
export const systemClock: Clock = {
  now: () => timeOrigin + performance.now(),
  async sleepUntil(at, signal) {
    for (let left = at - systemClock.now(); left > 0 && !signal?.aborted; left = at - systemClock.now()) {
      await pause(Math.min(Math.ceil(left), LONGEST_TIMER_MS), signal)
    }
    signal?.throwIfAborted()
  },
}

/** Ends early when the signal is aborted. `node:timers/promises` costs four times as much. */
function pause(ms: number, signal: AbortSignal | null): Promise<void> {
  return new Promise((resolve) => {
    const end = () => {
      clearTimeout(timer)
      signal?.removeEventListener('abort', end)
      resolve()
    }
    const timer = setTimeout(end, ms)
    signal?.addEventListener('abort', end)
  })
}
