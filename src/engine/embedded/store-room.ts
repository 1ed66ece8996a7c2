import type { Store } from '../../store/store.ts'
import type { Clock } from '../effects.ts'

/** How much of the room that the store may take is taken. */
export interface StoreRoom {
  readonly limit: number
  /** As far as is known: measured now and then, with what came since. */
  bytes(): number
  isFull(): boolean
  /** So much was added. */
  took(bytes: number): void
}

export interface StoreRoomOptions {
  readonly store: Pick<Store, 'stats'>
  readonly clock: Clock
  /** Infinity where it may grow as it likes. */
  readonly maxBytes: number
  readonly signal: AbortSignal
  readonly onProblem: (error: unknown) => void
}

const EVERY_MS = 5000

/** Measures the store until the signal is aborted: what is full takes no more, and what it has goes on. */
export async function createStoreRoom(options: StoreRoomOptions): Promise<StoreRoom> {
  const { store, clock, maxBytes: limit, signal, onProblem } = options
  let bytes = 0
  const measure = async () => {
    bytes = (await store.stats()).bytes
  }
  const goOn = async () => {
    for (;;) {
      await clock.sleepUntil(clock.now() + EVERY_MS, signal).catch(() => {})
      if (signal.aborted) return
      await measure().catch(onProblem)
    }
  }
  if (limit !== Number.POSITIVE_INFINITY) {
    await measure()
    void goOn()
  }
  return {
    limit,
    bytes: () => bytes,
    isFull: () => bytes >= limit,
    took(added) {
      bytes += added
    },
  }
}
