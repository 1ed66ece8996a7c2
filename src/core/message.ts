import { responseFacts } from './facts.ts'
import type { CompiledPoll, Outcome, WaitingPoll } from './poll.ts'

export interface Closing {
  readonly outcome: Outcome
  readonly reason?: string
  readonly decidedBy?: string | null
}

/** The sentence that says how a task ended: which condition, the actual values, how many attempts, how long. */
export function closingMessage(
  poll: CompiledPoll,
  state: WaitingPoll,
  now: number,
  closing: Closing,
): string {
  const effort = `after ${count(state.iterationCount, 'attempt')} in ${describeSeconds((now - state.startedAt) / 1000)}`
  switch (closing.outcome) {
    case 'succeeded':
      return `Succeeded ${effort}: ${closing.reason}${threshold(poll)}.`
    case 'failed':
      return `Failed ${effort}: ${closing.reason}.`
    case 'broken':
      return `Broken off ${effort}: ${closing.reason}. ${brokenAdvice(state)}`
    case 'cancelled':
      return `Cancelled ${effort}: ${closing.reason}. ${undecidedReason(poll, state)}`
    case 'stalled':
      return (
        `Stalled ${effort}: progress (${poll.criteria.progress?.source}) has stood at ` +
        `${state.progress.value ?? 'nothing'} for ${describeSeconds((now - state.progress.since) / 1000)}.`
      )
    case 'exhausted':
      return `Gave up ${effort}: pollCount is ${poll.task.pollCount}. ${undecidedReason(poll, state)}`
    case 'timed-out': {
      const why = closing.reason ?? `timeoutSeconds is ${poll.task.timeoutSeconds}`
      return `Timed out ${effort}: ${why}. ${undecidedReason(poll, state)}`
    }
  }
}

/** `1 attempt`, `2 attempts`. */
export function count(n: number, noun: string): string {
  return `${n} ${noun}${n === 1 ? '' : 's'}`
}

/** `8 ms`, `0.4 s`, `12 s`, `3 min 20 s`, `2 h 5 min`. */
export function describeSeconds(seconds: number): string {
  if (seconds > 0 && seconds < 0.05) return `${Math.max(1, Math.round(seconds * 1000))} ms`
  if (seconds < 10) return `${Math.round(seconds * 10) / 10} s`
  const whole = Math.round(seconds)
  if (whole < 60) return `${whole} s`
  if (whole < 3600) return `${Math.floor(whole / 60)} min${whole % 60 ? ` ${whole % 60} s` : ''}`
  const minutes = Math.round(whole / 60)
  return `${Math.floor(minutes / 60)} h${minutes % 60 ? ` ${minutes % 60} min` : ''}`
}

function threshold({ task }: CompiledPoll): string {
  return task.successThreshold > 1 ? `, ${task.successThreshold} times in a row` : ''
}

function brokenAdvice({ lastJudgement }: WaitingPoll): string {
  return lastJudgement?.transient
    ? 'This can heal by itself: --ignore-intermediate-failure=transient polls on through it.'
    : 'The answer says nothing about the job.'
}

/** Why nothing decided: the last attempts all broken, or what the success condition saw last. */
function undecidedReason(poll: CompiledPoll, state: WaitingPoll): string {
  if (state.brokenStreak) {
    const { count: streak, reason } = state.brokenStreak
    return streak === 1
      ? `The last attempt was broken: ${reason}.`
      : `The last ${streak} were all broken: ${reason}.`
  }
  if (!state.last || !state.lastAt) return 'No answer ever came.'
  const facts = responseFacts(state.last, state.lastAt, { previous: null, bindings: poll.bindings ?? {} })
  return `Last seen (${state.last.code}): ${poll.criteria.success.explain(facts).sentence}.`
}
