import type { Condition, Evaluation, Facts } from '../core/condition.ts'
import { DEFAULT_SUCCESS } from '../core/task.ts'

/** The default success condition by hand: most commands need no other, and CEL takes 50 ms to load. */
export const defaultSuccess: Condition = {
  source: DEFAULT_SUCCESS,
  readsJson: false,
  dependsOnlyOnResponse: true,
  evaluate: (facts) => (isSuccess(facts) ? HOLDS : DOES_NOT_HOLD),
  explain(facts) {
    const result = isSuccess(facts) ? HOLDS : DOES_NOT_HOLD
    const value = String(facts.responseCode)
    const sentence = `${DEFAULT_SUCCESS} -> ${isSuccess(facts)}: responseCode is ${value}`
    const operands = [{ text: DEFAULT_SUCCESS, value: String(isSuccess(facts)), depth: 0 }]
    return {
      source: DEFAULT_SUCCESS,
      result,
      sentence,
      values: { responseCode: value },
      operands,
    }
  },
  values: ({ responseCode }) => ({ responseCode: String(responseCode) }),
}

const HOLDS: Evaluation = { kind: 'holds' }
const DOES_NOT_HOLD: Evaluation = { kind: 'does-not-hold', why: null }

function isSuccess({ responseCode }: Facts): boolean {
  return responseCode !== null && responseCode >= 200 && responseCode < 300
}
