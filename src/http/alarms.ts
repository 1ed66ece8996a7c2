import { createDueHeap } from '../core/due-heap.ts'
import { monotonicMs } from './monotonic-ms.ts'

export interface Bell {
  ring(): void
}

/** Timers beyond 2^31-1 ms fire at once, so a longer wait is taken in parts. */
const LONGEST_TIMER_MS = 2 ** 31 - 1

/**
 * All that waits for an instant waits for one timer of the platform: one each costs some 300 bytes and four times as
 * much. The timer may come too early, where what it was for has been taken back.
 */
const heap = createDueHeap()
const bells: (Bell | null)[] = []
let timer: NodeJS.Timeout | null = null
let timerAt = Number.POSITIVE_INFINITY

/** Rings a bell once at an instant of `monotonicMs`. Gives what `clearAlarm` takes until then, not after. */
export function setAlarm(at: number, bell: Bell): number {
  const alarm = heap.add(at)
  bells[alarm] = bell
  if (at < timerAt) arm()
  return alarm
}

export function clearAlarm(alarm: number): void {
  bells[alarm] = null
  heap.free(alarm)
  if (heap.size === 0) arm()
}

function arm(): void {
  if (timer !== null) clearTimeout(timer)
  timer = null
  timerAt = heap.nextAt()
  if (heap.size === 0) return
  const left = Math.max(0, Math.ceil(timerAt - monotonicMs()))
  timer = setTimeout(ringDue, Math.min(left, LONGEST_TIMER_MS))
}

function ringDue(): void {
  const now = monotonicMs()
  try {
    while (heap.nextAt() <= now) {
      const alarm = heap.first()
      const bell = bells[alarm]
      bells[alarm] = null
      heap.free(alarm)
      bell?.ring()
    }
  } finally {
    arm()
  }
}
