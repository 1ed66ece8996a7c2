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

/** What a condition gives over an answer, operand by operand; null where it does not compile. */
export function explainCondition(
  source: string,
  answer: Answered,
  before: Answered | null = null,
): Explanation | null {
  if (source.trim() === '') return null
  const previous = before && responseFacts(before, before)
  try {
    return compileCondition(source).explain(responseFacts(answer, answer, { previous }))
  } catch {
    return null
  }
}
