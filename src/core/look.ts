import type { Attempt, HttpResponse } from './attempt.ts'
import type { Criteria, Facts } from './condition.ts'
import { type Judgement, judge } from './judge.ts'

/** What the conditions make of one attempt. */
export interface Look {
  readonly judgement: Judgement
  /** What they saw, shortened for people. */
  readonly values: Readonly<Record<string, string>>
}

export interface Seen {
  readonly attempt: Attempt
  readonly response: HttpResponse | null
  readonly facts: Facts | null
  /** The attempt before, where it had a whole response. */
  readonly before: { readonly response: HttpResponse; readonly look: Look } | null
}

/** Looks at an attempt; the same answer again is not parsed and judged again where that could change nothing. */
export function look(criteria: Criteria, { attempt, response, facts, before }: Seen): Look {
  if (response === null || facts === null) {
    return { judgement: judge(criteria, attempt, response, facts), values: {} }
  }
  if (before && isSameAnswer(before.response, response) && isReusable(before.look, criteria))
    return before.look
  return {
    judgement: judge(criteria, attempt, response, facts),
    values: observedValues(criteria, facts),
  }
}

/** Headers count for answers that are not 2xx (`Retry-After`). */
function isSameAnswer(before: HttpResponse, { code, body }: HttpResponse): boolean {
  return code >= 200 && code < 300 && before.code === code && before.body === body
}

/** Why an answer is `broken` may name its headers. */
function isReusable({ judgement }: Look, { success, failure, pending }: Criteria): boolean {
  return (
    judgement.verdict !== 'broken' &&
    success.dependsOnlyOnResponse &&
    failure?.dependsOnlyOnResponse !== false &&
    pending?.dependsOnlyOnResponse !== false
  )
}

function observedValues(criteria: Criteria, facts: Facts): Readonly<Record<string, string>> {
  return {
    ...criteria.success.values(facts),
    ...criteria.failure?.values(facts),
    ...criteria.pending?.values(facts),
  }
}
