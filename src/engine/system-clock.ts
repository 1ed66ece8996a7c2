import type { Clock } from './effects.ts'

/** Timers beyond 2^31-1 ms fire at once, so a longer sleep is taken in parts. */
const LONGEST_TIMER_MS = 2 ** 31 - 1

const { timeOrigin } = performance

/** The machine's clock: the wall clock when the process began plus monotonic time since, so it never jumps. */
export const systemClock: Clock = {
  now: () => timeOrigin + performance.now(),
  /** `node:timers/promises` costs four times as much, and one promise less a pause counts with many polls. */
  sleepUntil: (at, signal) =>
    new Promise((resolve, reject) => {
      let timer: NodeJS.Timeout
      const end = () => {
        clearTimeout(timer)
        signal?.removeEventListener('abort', end)
        if (signal?.aborted) reject(signal.reason)
        else resolve()
      }
      const sleep = () => {
        const left = at - systemClock.now()
        if (left <= 0 || signal?.aborted) end()
        else timer = setTimeout(sleep, Math.min(Math.ceil(left), LONGEST_TIMER_MS))
      }
      signal?.addEventListener('abort', end)
      sleep()
    }),
}
