import type { Clock } from './effects.ts'

/** Timers beyond 2^31-1 ms fire at once, so a longer sleep is taken in parts. */
const LONGEST_TIMER_MS = 2 ** 31 - 1

/** `performance` says the same, and loading it is a tenth of what a command adds to Node's own start. */
function monotonicMs(): number {
  const [seconds, nanoseconds] = process.hrtime()
  return seconds * 1000 + nanoseconds / 1e6
}

const originMs = Date.now() - monotonicMs()

/** The machine's clock: the wall clock when the process began plus monotonic time since, so it never jumps. */
export const systemClock: Clock = {
  now: () => originMs + monotonicMs(),
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
