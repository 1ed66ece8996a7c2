// Loaded when it is needed: the condition language is half of all script.
import { compileCondition } from '../../src/condition/compile.ts'
import type { Explanation } from '../../src/core/condition.ts'
import { type ResponseMoment, responseFacts } from '../../src/core/facts.ts'

/** An answer with the moment at which it came. */
export interface Answered extends ResponseMoment {
  readonly code: number
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
}

export interface Beside {
  /** The answer before. */
  readonly before?: Answered | null
  /** What `${...}` stands for where it is the run's, as in a pipeline; null where it is the response's. */
  readonly bindings?: Readonly<Record<string, unknown>> | null
}

/** What a condition gives over an answer, operand by operand; null where it does not compile. */
export function explainCondition(
  source: string,
  answer: Answered,
  { before = null, bindings = null }: Beside = {},
): Explanation | null {
  if (source.trim() === '') return null
  const previous = before && responseFacts(before, before)
  try {
    const condition = compileCondition(source, { isBinding: () => bindings !== null })
    return condition.explain(responseFacts(answer, answer, { previous, bindings: bindings ?? {} }))
  } catch {
    return null
  }
}
