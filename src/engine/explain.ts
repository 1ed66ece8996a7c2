import { compileCondition } from '../condition/compile.ts'
import type { Explanation } from '../core/condition.ts'
import { responseFacts } from '../core/facts.ts'

/** A response to try a condition against; only the body is needed. */
export interface SampleResponse {
  readonly body: string
  /** 200 by default. */
  readonly code?: number
  /** Lower-case names. */
  readonly headers?: Readonly<Record<string, string>>
}

/**
 * Says what a condition gives over a response, and why, operand by operand. Sends nothing.
 *
 * @throws ConditionError where the condition does not compile.
 * @example
 * explain('status == "FINISHED"', { body: '{"status":"RUNNING"}' }).sentence
 */
export function explain(condition: string, sample: SampleResponse): Explanation {
  const response = { code: sample.code ?? 200, headers: sample.headers ?? {}, body: sample.body }
  return compileCondition(condition).explain(responseFacts(response, { iteration: 1, elapsedSeconds: 0 }))
}
