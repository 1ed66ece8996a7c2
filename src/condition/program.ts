import { isCelError, isCelList, isCelMap, parse, plan } from '@bufbuild/cel'
import type { Expr } from '@bufbuild/cel-spec/cel/expr/syntax_pb.js'
import { formatPath, lookUp, type PathStep } from '../binding/path.ts'
import type { Facts } from '../core/condition.ts'
import { toJson } from '../core/json.ts'
import { type Analysis, analyze, expandBareHas, meter } from './analyze.ts'
import type { Answer } from './answer.ts'
import { budgetSize, charge, isBudgetSpent, openBudget } from './budget.ts'
import type { CompileOptions } from './compile-options.ts'
import { ConditionError } from './condition-error.ts'
import { environment } from './environment.ts'
import { FACT_NAMES, fromFacts, toDisplay, valueAt } from './names.ts'
import { type Rewritten, rewrite, type Slot } from './rewrite.ts'
import { syntaxFault } from './syntax-hint.ts'
import { view } from './views.ts'

/** One part of a condition that reads a value, and the path that it reads. */
export interface Read {
  /** As the slot or name stands in the CEL text, to tell it apart. */
  readonly slot: Slot | null
  /** From the facts; of a binding, as written. */
  readonly path: readonly PathStep[]
  /** As people write it. */
  readonly name: string
}

/** An expression that has been read, checked and planned. */
export interface Program {
  readonly source: string
  /** The tree as written, for explanations. */
  readonly expr: Expr
  readonly rewritten: Rewritten
  readonly analysis: Analysis
  readonly reads: readonly Read[]
  run(facts: Facts): Answer
  /** The same over one part of the tree, out of what is left of the budget. */
  runPart(part: Expr, facts: Facts): Answer
}

/** Conditions are at most this long. */
export const LONGEST_CONDITION = 4096

/** Polls by the thousand share a few conditions, and compiling one costs as much as several attempts. */
const MOST_KEPT = 500
const programs = new Map<string, Program>()

/** Reads, checks and plans an expression; one that was compiled before is not compiled again. @throws ConditionError */
export function compileProgram(source: string, options: CompileOptions = {}): Program {
  if (options.isBinding) return readProgram(source, options.isBinding)
  const known = programs.get(source)
  if (known) return known
  const program = readProgram(source, () => false)
  if (programs.size >= MOST_KEPT) programs.clear()
  programs.set(source, program)
  return program
}

function readProgram(source: string, isBinding: NonNullable<CompileOptions['isBinding']>): Program {
  if (source.trim() === '') throw new ConditionError('the condition is empty', { source, offset: 0 })
  if (source.length > LONGEST_CONDITION) {
    throw new ConditionError(`the condition is longer than ${LONGEST_CONDITION} characters`, {
      source,
      offset: 0,
    })
  }
  const rewritten = rewrite(source, isBinding)
  const { expr, positions } = parseCel(source, rewritten)
  const analysis = analyze(expr)
  if (analysis.fault) {
    const { id, message, hint } = analysis.fault
    const offset = rewritten.toSource(positions[String(id)] ?? 0)
    throw new ConditionError(message, {
      source,
      offset: calledAt(source, offset, message),
      hint,
    })
  }
  const metered = structuredClone(expr)
  meter(metered)
  const bind = binder(analysis.names, rewritten.slots)
  const evaluate = runner(planned(metered, source), bind)
  const parts = new Map<Expr, (facts: Facts) => Answer>()
  const run = (facts: Facts): Answer => {
    openBudget()
    return evaluate(facts)
  }
  return {
    source,
    expr,
    rewritten,
    analysis,
    reads: analysis.paths.map((path) => readOf(path, rewritten.slots)),
    run,
    runPart(part, facts) {
      let runPlanned = parts.get(part)
      if (runPlanned === undefined) {
        const copy = structuredClone(part)
        meter(copy)
        runPlanned = runner(planned(copy, source), bind)
        parts.set(part, runPlanned)
      }
      return runPlanned(facts)
    },
  }
}

/** The value that a read finds: `undefined` where it is missing. */
export function readValue(read: Pick<Read, 'slot' | 'path'>, facts: Facts): unknown {
  if (read.slot === null) return valueAt(facts, read.path)
  const { slot } = read
  const found = slot.isBinding
    ? facts.bindings?.[formatPath(slot.steps)]
    : valueAt(facts, fromFacts(slot.steps))
  return lookUp(found, read.path.slice(1))
}

function parseCel(source: string, rewritten: Rewritten) {
  try {
    const { expr, sourceInfo } = parse(rewritten.cel)
    if (!expr) throw new Error('nothing to evaluate')
    expandBareHas(expr)
    return { expr, positions: sourceInfo?.positions ?? {} }
  } catch (error) {
    if (error instanceof RangeError) {
      throw new ConditionError('the condition is nested too deeply', {
        source,
        offset: 0,
      })
    }
    throw syntaxError(error as ParseFailure, source, rewritten)
  }
}

type ParseFailure = Error & { location?: { start: { offset: number } } }

function syntaxError(error: ParseFailure, source: string, rewritten: Rewritten): ConditionError {
  const found = syntaxFault(rewritten.cel)
  if (found) {
    return new ConditionError(found.message, {
      source,
      offset: rewritten.toSource(found.offset),
      hint: found.hint,
    })
  }
  const offset = rewritten.toSource(error.location?.start.offset ?? 0)
  const message = error.message.replace(/^<input>:\d+:\d+: /, '')
  const isReserved = message.startsWith('reserved identifier')
  const word = /^\w+/.exec(source.slice(offset))?.[0] ?? ''
  return new ConditionError(isReserved ? `'${word}' is a reserved word` : shortened(message), {
    source,
    offset,
    hint: isReserved ? `write responseJson["${word}"]` : null,
  })
}

/** The parser lists all that could have stood there. */
function shortened(message: string): string {
  const found = /^found (.*?) but expecting/s.exec(message)
  return found ? `unexpected ${found[1] === 'end of input' ? 'end' : `'${found[1]}'`}` : message
}

/** A call's position is that of its bracket; people look for its name. */
function calledAt(source: string, offset: number, message: string): number {
  const name = /^unknown function '(\w+)'/.exec(message)?.[1]
  const at = name ? source.slice(0, offset + name.length + 2).lastIndexOf(name) : -1
  return at >= 0 ? at : offset
}

type Plan = (context: Record<string, unknown>) => unknown

function planned(expr: Expr, source: string): Plan {
  try {
    return plan(environment, expr) as unknown as Plan
  } catch (error) {
    throw new ConditionError((error as Error).message, { source, offset: 0 })
  }
}

/** What the plan looks its names up in. Only what it names is put there, and only own properties are seen. */
function binder(
  names: ReadonlySet<string>,
  slots: readonly Slot[],
): (facts: Facts) => Record<string, unknown> {
  const factNames = [...names].filter((name) => FACT_NAMES.has(name))
  const bareNames = [...names].filter(
    (name) => !FACT_NAMES.has(name) && !slots.some((slot) => slot.name === name),
  )
  return (facts) => {
    const context = new Context()
    for (const name of factNames) {
      const value = factValue(facts, name)
      if (value !== undefined) context[name] = value
    }
    for (const name of bareNames) {
      const value = lookUp(facts.responseJson, [name])
      if (value !== undefined && !Array.isArray(facts.responseJson)) context[name] = view(value)
    }
    for (const slot of slots) {
      const value = readValue({ slot, path: [slot.name] }, facts)
      if (slot.asText) context[slot.name] = asText(value)
      else if (value !== undefined) context[slot.name] = view(value)
    }
    return context
  }
}

/** Whose prototype has no names of its own. `Object.create(null)` gives a dictionary, ten times as dear. */
class Context {
  [name: string]: unknown
}
Object.setPrototypeOf(Context.prototype, null)
Reflect.deleteProperty(Context.prototype, 'constructor')

function factValue(facts: Facts, name: string): unknown {
  const value = facts[name as keyof Facts]
  if (name === 'responseCode' || name === 'iterationCount')
    return typeof value === 'number' ? BigInt(value) : null
  if (name !== 'previous' || value === null) return view(value)
  const previous = value as NonNullable<Facts['previous']>
  return view({ ...previous, responseJson: previous.responseJson ?? null })
}

function asText(value: unknown): string {
  if (value === undefined || value === null) return 'null'
  if (typeof value === 'string') return value
  chargeForText(value)
  return toJson(value)
}

/** Before the text is made: there may be a hundred paths into one large body. */
function chargeForText(value: unknown): void {
  charge(typeof value === 'string' ? 2 + (value.length >> 5) : 2)
  if (typeof value !== 'object' || value === null) return
  if (Array.isArray(value)) for (const item of value) chargeForText(item)
  else for (const key in value) chargeForText((value as Record<string, unknown>)[key])
}

/** A missing property is an error object to the library, and its stack trace costs more than all the rest. */
function runner(evaluate: Plan, bind: (facts: Facts) => Record<string, unknown>): (facts: Facts) => Answer {
  return (facts) => {
    let value: unknown
    const { stackTraceLimit } = Error
    Error.stackTraceLimit = 0
    try {
      value = evaluate(bind(facts))
    } catch (error) {
      if (isBudgetSpent()) return stopped()
      return {
        kind: 'error',
        message: error instanceof RangeError ? 'nested too deeply' : (error as Error).message,
      }
    } finally {
      Error.stackTraceLimit = stackTraceLimit
    }
    if (isBudgetSpent()) return stopped()
    return isCelError(value) ? { kind: 'none', why: value.message } : { kind: 'value', value }
  }
}

function stopped(): Answer {
  return { kind: 'error', message: `stopped after ${budgetSize()} steps` }
}

function readOf(path: readonly PathStep[], slots: readonly Slot[]): Read {
  const slot = slots.find((slot) => slot.name === path[0]) ?? null
  const name = slot === null ? toDisplay(path) : `\${${formatPath([...slot.steps, ...path.slice(1)])}}`
  return { slot, path, name }
}

/** A CEL value as plain data. */
export function plainValue(value: unknown): unknown {
  if (isCelList(value)) return [...value].map(plainValue)
  if (isCelMap(value))
    return Object.fromEntries([...value.entries()].map(([key, v]) => [String(key), plainValue(v)]))
  return typeof value === 'bigint' && Number.isSafeInteger(Number(value)) ? Number(value) : value
}
