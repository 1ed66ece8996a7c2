/**
 * The port between the judge and a condition language. The core only ever asks; `condition/` answers with CEL.
 * Everything here is pure: the same facts give the same answer.
 */

/** What a condition may look at. `responseJson` is parsed on first use. */
export interface Facts {
  readonly responseCode: number | null
  readonly responseHeaders: Readonly<Record<string, string>>
  readonly responseBody: string
  /** The parsed body; `undefined` when it is not JSON. Integers beyond 2^53 are `bigint`. */
  readonly responseJson: unknown
  readonly iterationCount: number
  readonly elapsedSeconds: number
  /** The facts of the attempt before, null at first. */
  readonly previous: Omit<Facts, 'previous' | 'bindings'> | null
  /** Values of `${...}` that belong to the run, not to the response; key: the path as `formatPath` writes it. */
  readonly bindings?: Readonly<Record<string, unknown>>
}

export type Evaluation =
  | { readonly kind: 'holds' }
  /** `why` is set when it could not be evaluated: a missing property, types that do not compare. */
  | { readonly kind: 'does-not-hold'; readonly why: string | null }
  /** Stopped by the budget, or a fault of the language: it says neither yes nor no. */
  | { readonly kind: 'error'; readonly message: string }

export interface Explanation {
  readonly source: string
  readonly result: Evaluation
  /** `status == "FINISHED" -> false: status is "RUNNING"`. */
  readonly sentence: string
  /** The operands that were looked up, and what they were: `{status: '"RUNNING"'}`, shortened for people. */
  readonly values: Readonly<Record<string, string>>
  /** The tree of the condition: each operand with its own truth or value, in source order. */
  readonly operands: readonly ExplainedOperand[]
}

export interface ExplainedOperand {
  readonly text: string
  readonly value: string
  readonly depth: number
}

export interface Condition {
  readonly source: string
  /** It names a property of the JSON body, so a body that is not JSON cannot answer it. */
  readonly readsJson: boolean
  /** Only the code and the body decide: the same answer again needs no second look. */
  readonly dependsOnlyOnResponse: boolean
  evaluate(facts: Facts): Evaluation
  explain(facts: Facts): Explanation
  /** The values of `explain`, cheaply: no evaluation, lookups only. */
  values(facts: Facts): Readonly<Record<string, string>>
}

/** A number expression, as `progress` is. */
export interface NumberExpression {
  readonly source: string
  /** The number, or null when it cannot be had from these facts. */
  evaluate(facts: Facts): number | null
}

/** The conditions of one task, compiled. */
export interface Criteria {
  readonly success: Condition
  readonly failure: Condition | null
  readonly pending: Condition | null
  readonly progress: NumberExpression | null
}
