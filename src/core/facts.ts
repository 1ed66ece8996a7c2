import type { HttpResponse } from './attempt.ts'
import type { Facts } from './condition.ts'
import { parseJson } from './json.ts'

/** Which attempt a response came from. */
export interface ResponseMoment {
  /** From 1. */
  readonly iteration: number
  /** Since the start of the task. */
  readonly elapsedSeconds: number
}

/** What a condition may look at in one response; the body is parsed when it is first asked for. */
export function responseFacts(
  response: HttpResponse,
  moment: ResponseMoment,
  context: Pick<Facts, 'previous' | 'bindings'> = { previous: null },
): Facts {
  let parsed: { readonly json: unknown } | null = null
  return {
    responseCode: response.code,
    responseHeaders: response.headers,
    responseBody: response.body,
    get responseJson() {
      parsed ??= { json: parseJson(response.body) }
      return parsed.json
    },
    iterationCount: moment.iteration,
    elapsedSeconds: moment.elapsedSeconds,
    previous: context.previous,
    bindings: context.bindings ?? {},
  }
}
