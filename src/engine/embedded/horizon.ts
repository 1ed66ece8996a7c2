import type { Store } from '../../store/store.ts'
import type { Clock } from '../effects.ts'
import type { Agenda } from './agenda.ts'

/** Keeps on the agenda what is due soon; the rest waits in the store. */
export interface Horizon {
  /** A poll is to be asked then. */
  arm(poll: { readonly id: string; readonly origin: string; readonly dueAt: number }): void
  /** Brings from the store what has come near. */
  refill(): Promise<void>
  /** When to refill. */
  refillAt(): number
}

/** How far ahead polls are on the agenda. */
const AHEAD_MS = 10_000
/** Polls that are brought at once: whoever else asks the store waits as long as that takes. */
const PAGE = 2000
/** With so many on the agenda there is no hurry to bring more. */
const ENOUGH = 10_000
const FULL_PAUSE_MS = 500
/** With so many due and not begun, more of them would be memory and nothing else; who is due elsewhere still comes. */
const CROWDED = 50_000
const CROWDED_PAUSE_MS = 1000
const AFTER_ERROR_MS = 1000
/** After downtime: 2,000 a second. */
const OVERDUE_APART_MS = 0.5

export interface HorizonOptions {
  readonly store: Pick<Store, 'due'>
  readonly clock: Pick<Clock, 'now'>
  /** How many are due and have not begun. */
  readonly queued: () => number
}

export function createHorizon(agenda: Agenda, { store, clock, queued }: HorizonOptions): Horizon {
  const startedAt = clock.now()
  let overdueAt = startedAt
  let loaded = { dueAt: -1, place: 0 }
  let isRefilling = false
  let nextRefillAt = startedAt

  const spread = (dueAt: number) => {
    if (dueAt >= startedAt) return dueAt
    const at = overdueAt
    overdueAt += OVERDUE_APART_MS
    return at
  }
  const bring = async (now: number) => {
    const until = Math.max(now + AHEAD_MS, loaded.dueAt)
    const page = await store.due({ after: loaded, until, limit: PAGE })
    for (const { id, origin, dueAt } of page) agenda.add(id, origin, spread(dueAt))
    const last = page.at(-1)
    if (last !== undefined && page.length === PAGE) {
      loaded = last
      nextRefillAt = now + pauseMs()
      return
    }
    loaded = { dueAt: until, place: Number.MAX_SAFE_INTEGER }
    const [beyond] = await store.due({ after: loaded, until: Number.MAX_VALUE, limit: 1 })
    if (beyond) nextRefillAt = Math.min(nextRefillAt, nearing(beyond.dueAt))
  }
  const pauseMs = () => (queued() >= CROWDED ? CROWDED_PAUSE_MS : agenda.size >= ENOUGH ? FULL_PAUSE_MS : 0)
  const nearing = (dueAt: number) => dueAt - AHEAD_MS / 2
  return {
    refillAt: () => nextRefillAt,
    arm({ id, origin, dueAt }) {
      // What is armed during a refill may have come too late to be read by it.
      if (isRefilling || dueAt <= loaded.dueAt) agenda.add(id, origin, dueAt)
      if (dueAt > loaded.dueAt) nextRefillAt = Math.min(nextRefillAt, nearing(dueAt))
    },
    async refill() {
      isRefilling = true
      nextRefillAt = Number.POSITIVE_INFINITY
      try {
        await bring(clock.now())
      } catch (error) {
        nextRefillAt = clock.now() + AFTER_ERROR_MS
        throw error
      } finally {
        isRefilling = false
      }
    },
  }
}
