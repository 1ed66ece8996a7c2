import type { Clock } from '../effects.ts'
import type { Agenda } from './agenda.ts'
import type { Horizon } from './horizon.ts'
import type { Lanes } from './lanes.ts'

/** Hands what is due to the lanes, and sleeps until more is. */
export interface Loop {
  /** Something is due at that instant, perhaps earlier than it sleeps. */
  wake(at: number): void
  stop(): void
}

export interface LoopOptions {
  readonly agenda: Agenda
  readonly horizon: Horizon
  /** Takes what is due. */
  readonly lanes: Pick<Lanes, 'add'>
  readonly clock: Clock
  readonly onProblem: (error: unknown) => void
}

/** To wake up costs as much as a part of an attempt: where much is due, some is taken at a time. */
const TICK_MS = 4

export function createLoop({ agenda, horizon, lanes, clock, onProblem }: LoopOptions): Loop {
  let isStopped = false
  let sleep: { readonly until: number; readonly end: () => void } | null = null

  const run = async () => {
    while (!isStopped) {
      if (clock.now() >= horizon.refillAt()) await horizon.refill().catch(onProblem)
      if (isStopped) return
      const now = clock.now()
      const due = agenda.takeDue(now)
      for (const { origin, id } of due) lanes.add(origin, id)
      const nextAt = Math.min(agenda.nextAt(), horizon.refillAt())
      await sleepUntil(due.length === 0 ? nextAt : Math.max(nextAt, now + TICK_MS))
    }
  }
  const sleepUntil = async (until: number) => {
    const over = new AbortController()
    const woken = new Promise<void>((resolve) => {
      sleep = {
        until,
        end: () => {
          over.abort()
          resolve()
        },
      }
    })
    const slept =
      until === Number.POSITIVE_INFINITY ? woken : clock.sleepUntil(until, over.signal).catch(() => {})
    await Promise.race([slept, woken])
    sleep = null
  }
  void run()
  return {
    wake(at) {
      if (sleep !== null && at < sleep.until) sleep.end()
    },
    stop() {
      isStopped = true
      sleep?.end()
    },
  }
}
