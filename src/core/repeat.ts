import { countedUp, type LedgerEntry, lengthened, type PollState, type WaitingPoll } from './poll.ts'

/** Whether an attempt that did not end its poll came to the same as the one before: nothing in its line is new but its times. */
export function isSameAgain(before: WaitingPoll, entry: LedgerEntry): boolean {
  const { lastJudgement, lastValues, progress, waitReason } = before
  return (
    lastJudgement !== null &&
    !entry.bodyChanged &&
    entry.verdict === lastJudgement.verdict &&
    entry.reason === lastJudgement.reason &&
    entry.next?.reason === waitReason &&
    (entry.progress ?? progress.value) === progress.value &&
    isSame(entry.values, lastValues)
  )
}

function isSame(a: LedgerEntry['values'], b: LedgerEntry['values']): boolean {
  return a === b || JSON.stringify(a) === JSON.stringify(b)
}

/**
 * Whether the state after an attempt follows from the one before and the attempt's line in the ledger, so that it need
 * not be kept. `codeBefore` is that of the attempt before, undefined where it is not known.
 */
export function isRepeat(
  before: WaitingPoll,
  {
    state,
    entry,
    codeBefore,
  }: { state: PollState; entry: LedgerEntry; codeBefore: number | null | undefined },
): boolean {
  return (
    state.kind === 'waiting' &&
    entry.code === codeBefore &&
    isAnswered(state) === isAnswered(before) &&
    state.last?.headers.etag === before.last?.headers.etag &&
    isSameAgain(before, entry)
  )
}

/** Whether the last attempt had a whole answer. */
function isAnswered({ lastAt, iterationCount }: PollState): boolean {
  return lastAt?.iteration === iterationCount
}

/**
 * The state after the attempt of that line, where all attempts since `state` were repeats. Of an answer that came again
 * the headers are those of the first.
 */
export function repeated(
  state: WaitingPoll,
  { iteration, code, verdict, ...entry }: LedgerEntry,
): WaitingPoll {
  const times = iteration - state.iterationCount
  if (times <= 0 || entry.next === null) return state
  const elapsedSeconds = (entry.startedAt + entry.durationMs - state.startedAt) / 1000
  const { brokenStreak } = state
  return {
    ...state,
    iterationCount: iteration,
    lastAt: isAnswered(state) ? { iteration, elapsedSeconds } : state.lastAt,
    recent: lengthened(state.recent, verdict, times),
    observed: countedUp(state.observed, { code, verdict }, times),
    brokenStreak: brokenStreak && { ...brokenStreak, count: brokenStreak.count + times },
    dueAt: entry.next.dueAt,
    successes: verdict === 'succeeded' ? state.successes + times : 0,
    growth: verdict === 'succeeded' ? 0 : state.growth + times,
  }
}
