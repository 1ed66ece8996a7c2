import { type Attempt, type AttemptResult, type HttpResponse, isTransient } from './attempt.ts'
import type { Condition, Criteria, Evaluation, Facts } from './condition.ts'
import { retryAfterMs } from './retry-after.ts'

/** What one attempt means. */
export type Verdict = 'succeeded' | 'failed' | 'pending' | 'throttled' | 'broken'

export interface Judgement {
  readonly verdict: Verdict
  /** For `broken`: it can heal by itself. */
  readonly transient: boolean
  /** A clause that says why, for the ledger and the closing message. */
  readonly reason: string
  /** The text of the condition that decided, if one did. */
  readonly decidedBy: string | null
}

/** Judges one attempt by the table of docs/poll-task.md, top down: the first row that fits decides. */
export function judge(
  criteria: Criteria,
  attempt: Attempt,
  response: HttpResponse | null,
  facts: Facts | null,
): Judgement {
  if (response === null || facts === null)
    return broken(failureReason(attempt.result), isTransient(attempt.result))
  return (
    judgeFailure(criteria, facts) ??
    judgeSuccess(criteria, facts) ??
    judgePending(criteria, facts) ??
    judgeResponse(criteria, attempt, response, facts)
  )
}

/** Failure is asked before success, so a broken job is never reported as done. */
function judgeFailure({ failure, success }: Criteria, facts: Facts): Judgement | null {
  if (failure === null) return null
  const answer = failure.evaluate(facts)
  if (answer.kind === 'error') return undecided('failure', failure, answer)
  if (answer.kind !== 'holds') return null
  const both = success.evaluate(facts).kind === 'holds' ? ', and the success condition held as well' : ''
  const reason = `the failure condition holds: ${failure.explain(facts).sentence}${both}`
  return { verdict: 'failed', transient: false, reason, decidedBy: failure.source }
}

function judgeSuccess({ success }: Criteria, facts: Facts): Judgement | null {
  const answer = success.evaluate(facts)
  if (answer.kind === 'error') return undecided('success', success, answer)
  if (answer.kind !== 'holds') return null
  const reason = `the success condition holds: ${success.explain(facts).sentence}`
  return { verdict: 'succeeded', transient: false, reason, decidedBy: success.source }
}

function judgePending({ pending }: Criteria, facts: Facts): Judgement | null {
  if (pending === null) return null
  const answer = pending.evaluate(facts)
  if (answer.kind === 'error') return undecided('pending', pending, answer)
  return answer.kind === 'holds' ? still('pending', 'the pending condition holds') : null
}

function judgeResponse(
  criteria: Criteria,
  attempt: Attempt,
  response: HttpResponse,
  facts: Facts,
): Judgement {
  const { code, headers } = response
  if (
    code === 429 ||
    (code === 503 && retryAfterMs(headers, attempt.startedAt + attempt.durationMs) !== null)
  ) {
    return still('throttled', `the server answered ${code} and asks for fewer requests`)
  }
  if (code < 200 || code > 299) return broken(`the server answered ${code}`, isTransient(attempt.result))
  const asksJson = [criteria.failure, criteria.success, criteria.pending].find((c) => c?.readsJson)
  if (asksJson && facts.responseJson === undefined) return broken(notJsonReason(response, asksJson), false)
  if (criteria.pending) {
    return broken(`unknown state, no condition holds: ${criteria.pending.explain(facts).sentence}`, false)
  }
  return still('pending', 'no condition holds yet')
}

function notJsonReason(response: HttpResponse, condition: Condition): string {
  const type = response.headers['content-type']?.split(';')[0]
  const what =
    response.body === '' ? 'an empty body' : type ? `${type} that is not JSON` : 'a body that is not JSON'
  return `the server answered ${response.code} with ${what}, but a condition names a property: ${condition.source}`
}

function failureReason(result: AttemptResult): string {
  return result.kind === 'failure' ? result.failure.message : 'a 304 that confirms nothing we have'
}

function undecided(
  role: string,
  condition: Condition,
  answer: Extract<Evaluation, { kind: 'error' }>,
): Judgement {
  return broken(`the ${role} condition could not be decided: ${answer.message}: ${condition.source}`, false)
}

function broken(reason: string, transient: boolean): Judgement {
  return { verdict: 'broken', transient, reason, decidedBy: null }
}

function still(verdict: 'pending' | 'throttled', reason: string): Judgement {
  return { verdict, transient: false, reason, decidedBy: null }
}
