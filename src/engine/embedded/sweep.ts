import type { Store } from '../../store/store.ts'
import type { Clock } from '../effects.ts'

export interface SweepOptions {
  readonly store: Pick<Store, 'removeEnded'>
  readonly clock: Clock
  /** How long an ended poll is kept. */
  readonly keepMs: number
  /** How many ended polls are kept. */
  readonly keepRows: number
  readonly signal: AbortSignal
  readonly onProblem: (error: unknown) => void
}

const EVERY_MS = 60_000
/** So many in one group of the store: attempts wait that long for theirs. */
const AT_ONCE = 200

/** Removes polls that ended long ago, now and then, until the signal is aborted. */
export async function sweep({
  store,
  clock,
  keepMs,
  keepRows,
  signal,
  onProblem,
}: SweepOptions): Promise<void> {
  while (!signal.aborted) {
    const before = clock.now() - keepMs
    const query = { before, keep: keepRows, limit: AT_ONCE }
    const { removed } = await store.removeEnded(query).catch((error: unknown) => {
      onProblem(error)
      return { removed: 0 }
    })
    if (removed < AT_ONCE) await clock.sleepUntil(clock.now() + EVERY_MS, signal).catch(() => {})
  }
}
