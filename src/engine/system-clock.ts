import { clearAlarm, setAlarm } from '../http/alarms.ts'
import { monotonicMs } from '../http/monotonic-ms.ts'
import type { Clock } from './effects.ts'

const originMs = Date.now() - monotonicMs()

/** The machine's clock: the wall clock when the process began plus monotonic time since, so it never jumps. */
export const systemClock: Clock = {
  now: () => originMs + monotonicMs(),
  sleepUntil: (at, signal) =>
    new Promise((resolve, reject) => {
      if (signal?.aborted) reject(signal.reason)
      else if (at <= systemClock.now()) resolve()
      else if (signal === null) setAlarm(at - originMs, { ring: resolve })
      else sleep(at, signal, { resolve, reject })
    }),
}

interface Sleeper {
  resolve(): void
  reject(reason: unknown): void
}

function sleep(at: number, signal: AbortSignal, { resolve, reject }: Sleeper): void {
  const abort = () => {
    clearAlarm(alarm)
    reject(signal.reason)
  }
  const ring = () => {
    signal.removeEventListener('abort', abort)
    resolve()
  }
  const alarm = setAlarm(at - originMs, { ring })
  signal.addEventListener('abort', abort)
}
