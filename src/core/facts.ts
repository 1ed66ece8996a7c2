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
  context: FactsContext = NO_CONTEXT,
): Facts {
  return new ResponseFacts(response, moment, context)
}

type FactsContext = Pick<Facts, 'previous' | 'bindings'>
const NO_CONTEXT: FactsContext = { previous: null }
const NO_BINDINGS = {}

/** A class, since they are made at every attempt, and a getter of a literal is made anew each time. */
class ResponseFacts implements Facts {
  readonly responseCode: number
  readonly responseHeaders: Facts['responseHeaders']
  readonly responseBody: string
  readonly iterationCount: number
  readonly elapsedSeconds: number
  readonly previous: Facts['previous']
  readonly bindings: Readonly<Record<string, unknown>>
  #parsed: { readonly json: unknown } | null = null

  constructor(response: HttpResponse, moment: ResponseMoment, { previous, bindings }: FactsContext) {
    this.responseCode = response.code
    this.responseHeaders = response.headers
    this.responseBody = response.body
    this.iterationCount = moment.iteration
    this.elapsedSeconds = moment.elapsedSeconds
    this.previous = previous
    this.bindings = bindings ?? NO_BINDINGS
  }

  get responseJson(): unknown {
    this.#parsed ??= { json: parseJson(this.responseBody) }
    return this.#parsed.json
  }
}
