import type { Condition, Evaluation, Explanation, Facts, NumberExpression } from '../core/condition.ts'
import type { Answer } from './answer.ts'
import type { CompileOptions } from './compile-options.ts'
import { ConditionError } from './condition-error.ts'
import { explainProgram, observedValues, whyUndecided } from './explain.ts'
import { fromFacts } from './names.ts'
import { compileProgram, type Program, plainValue } from './program.ts'
import { plainlyNotBoolean } from './result-type.ts'

const VARYING = new Set(['iterationCount', 'elapsedSeconds', 'previous', 'responseHeaders'])

/** Polls by the thousand share a few programs, and what is asked of them. */
const conditions = new WeakMap<Program, Condition>()

/**
 * Compiles a condition: CEL over the response, with `${...}` as another spelling of a path.
 *
 * @throws ConditionError with the place, a caret and a hint.
 */
export function compileCondition(source: string, options: CompileOptions = {}): Condition {
  const program = compileProgram(source, options)
  let condition = conditions.get(program)
  if (condition === undefined) {
    condition = conditionOf(program)
    conditions.set(program, condition)
  }
  return condition
}

function conditionOf(program: Program): Condition {
  const { source } = program
  const other = plainlyNotBoolean(program.expr)
  if (other !== null) {
    throw new ConditionError(`the condition gives ${other}, not true or false`, {
      source,
      offset: source.length - source.trimStart().length,
      hint: 'compare it, as in progress >= 100',
    })
  }
  const evaluate = (facts: Facts) => told(facts, program.run(facts))
  const told = (facts: Facts, answer: Answer): Evaluation => {
    if (answer.kind === 'value' && answer.value === true) return HOLDS
    if (answer.kind === 'value' && answer.value === false) return DOES_NOT_HOLD
    if (answer.kind === 'error') return answer
    return { kind: 'does-not-hold', why: whyUndecided(program, facts, answer) }
  }
  const roots = program.reads.map(({ slot, path }) =>
    String(slot === null ? path[0] : slot.isBinding ? '' : fromFacts(slot.steps)[0]),
  )
  return {
    source,
    readsJson: roots.includes('responseJson'),
    dependsOnlyOnResponse: !roots.some((root) => VARYING.has(root)),
    evaluate,
    explain(facts): Explanation {
      const answer = program.run(facts)
      return explainProgram(program, facts, { answer, result: told(facts, answer) })
    },
    values: (facts) => observedValues(program, facts),
  }
}

const HOLDS: Evaluation = { kind: 'holds' }
const DOES_NOT_HOLD: Evaluation = { kind: 'does-not-hold', why: null }

/** Compiles a number expression, as `progress` is. @throws ConditionError */
export function compileNumber(source: string, options: CompileOptions = {}): NumberExpression {
  const program = compileProgram(source, options)
  return {
    source,
    evaluate(facts) {
      const answer = program.run(facts)
      if (answer.kind !== 'value') return null
      const value = typeof answer.value === 'bigint' ? Number(answer.value) : answer.value
      return typeof value === 'number' && Number.isFinite(value) ? value : null
    },
  }
}

/** Compiles an expression of any type; what it gives is plain data. @throws ConditionError */
export function compileValue(source: string, options: CompileOptions = {}): (facts: Facts) => Answer {
  const program = compileProgram(source, options)
  return (facts) => {
    const answer = program.run(facts)
    if (answer.kind === 'value') return { kind: 'value', value: plainValue(answer.value) }
    return answer.kind === 'none' ? { kind: 'none', why: whyUndecided(program, facts, answer) } : answer
  }
}
