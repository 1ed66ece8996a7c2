import type { LedgerEntry, WaitingPoll } from '../../core/poll.ts'
import { isSameAgain } from '../../core/repeat.ts'
import type { EventCounts } from '../../store/store.ts'

/** Attempts that differ are kept one by one, up to so many events; after that, the last alone. */
export const MOST_EVENTS = 1000

/**
 * Whether an attempt that did not end its poll need not be kept beside the one before: nothing was new, or a ledger
 * of that length would say no more. Of a row of these the store keeps the last, and how many it stands for.
 */
export function isFoldable(
  before: WaitingPoll,
  entry: LedgerEntry,
  { lastEvent, folded }: Pick<EventCounts, 'lastEvent' | 'folded'>,
): boolean {
  return lastEvent - folded >= MOST_EVENTS || isSameAgain(before, entry)
}
