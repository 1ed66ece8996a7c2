import type { PollState } from '../../core/poll.ts'

/** At most this share of the wait, and no more than that. */
const SHARE = 0.05
const MOST_MS = 5000

/**
 * How much later than due a poll asks, in ms. Polls of one origin and interval that were once due together would be so
 * for ever; where they crowd, each waits a little longer by chance, so that they come apart.
 */
export function politeSpreadMs(
  state: PollState,
  { isCrowded, now, random }: { isCrowded: boolean; now: number; random: number },
): number {
  if (!isCrowded || state.kind === 'done' || !/^(interval|backoff)$/.test(state.waitReason)) return 0
  const most = Math.min(MOST_MS, SHARE * (state.dueAt - now))
  const isNearDeadline = state.deadlineAt !== null && state.dueAt + most >= state.deadlineAt
  return isNearDeadline ? 0 : random * most
}
