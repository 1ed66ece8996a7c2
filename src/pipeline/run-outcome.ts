import type { Outcome } from '../core/poll.ts'
import { isEnded, type RunState } from './run-state.ts'

/** How a run ended, in the words of a poll, from which the exit code follows; null while it goes on. */
export function runOutcome({ status, failure }: RunState): Outcome | null {
  if (!isEnded(status)) return null
  if (status === 'COMPLETED') return 'succeeded'
  return status === 'CANCELED' ? 'cancelled' : (failure?.outcome ?? 'failed')
}
