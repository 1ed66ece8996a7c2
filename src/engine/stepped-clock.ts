import type { Clock } from './effects.ts'

/** Lets everything that can go on without time or an answer go on. */
export async function settle(): Promise<void> {
  for (let turn = 0; turn < 20; turn++) await new Promise(setImmediate)
}

/** A clock that stands still until it is moved. */
export function steppedClock() {
  let now = Date.UTC(2026, 0, 1)
  let sleepers: { at: number; wake: () => void }[] = []
  const clock: Clock = {
    now: () => now,
    sleepUntil: (at, signal) =>
      new Promise((resolve, reject) => {
        if (at <= now) return resolve()
        if (signal?.aborted) return reject(signal.reason)
        sleepers.push({ at, wake: resolve })
        signal?.addEventListener('abort', () => reject(signal.reason))
      }),
  }
  return {
    clock,
    async pass(ms: number) {
      now += ms
      const due = sleepers.filter(({ at }) => at <= now)
      sleepers = sleepers.filter(({ at }) => at > now)
      for (const { wake } of due) wake()
      await settle()
    },
  }
}
