import type { Attempt, HttpResponse } from './attempt.ts'
import type { Criteria, Facts } from './condition.ts'
import { type Judgement, judge } from './judge.ts'

/** What the conditions make of one attempt. */
export interface Look {
  readonly judgement: Judgement
  readonly values: Readonly<Record<string, string>>
}

export interface Seen {
  readonly criteria: Criteria
  /** The whole response before, when it came from the attempt before. */
  readonly before: HttpResponse | null
  readonly attempt: Attempt
  readonly response: HttpResponse | null
  readonly facts: Facts | null
}

/** Looks at an attempt; the same answer again is not parsed and judged again where that could change nothing. */
export function look(seen: Seen): Look {
  const { criteria, attempt, response, facts } = seen
  if (response === null || facts === null) {
    return { judgement: judge(criteria, attempt, response, facts), values: {} }
  }
  const known = knownLook(seen, response) ?? {
    judgement: judge(criteria, attempt, response, facts),
    values: observedValues(criteria, facts),
  }
  looks.set(response, { criteria, known })
  return known
}

/** Looks at responses that are still held by some state. */
const looks = new WeakMap<HttpResponse, { readonly criteria: Criteria; readonly known: Look }>()

/** Headers decide over answers that are not 2xx (`Retry-After`), and are named by what is `broken`. */
function knownLook({ criteria, before }: Seen, { code, body }: HttpResponse): Look | null {
  if (before === null || before.code !== code || code < 200 || code > 299 || before.body !== body) return null
  const kept = looks.get(before)
  if (kept?.criteria !== criteria || kept.known.judgement.verdict === 'broken') return null
  return dependsOnlyOnResponse(criteria) ? kept.known : null
}

function dependsOnlyOnResponse({ success, failure, pending }: Criteria): boolean {
  return (
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
