import type { Expr } from '@bufbuild/cel-spec/cel/expr/syntax_pb.js'
import type { PathStep } from '../binding/path.ts'
import { didYouMean } from '../core/did-you-mean.ts'
import { APPEND, compilePattern, functionNames, NEW_LIST, RANGE, TICK } from './environment.ts'
import { FACT_NAMES } from './names.ts'
import { DEEPEST, SLOT_PREFIX } from './rewrite.ts'

/** What is wrong with an expression, and at which node of its tree. */
export interface Fault {
  readonly id: bigint
  readonly message: string
  readonly hint: string | null
}

export interface Analysis {
  /** The identifiers that stand for no local variable. */
  readonly names: ReadonlySet<string>
  /** The paths from the facts that it reads, in source order. */
  readonly paths: readonly (readonly PathStep[])[]
  readonly fault: Fault | null
}

const MOST_NODES = 2000
const OPERATORS = new Set(['_&&_', '_||_', '_?_:_', '_[_]', '@not_strictly_false', 'has'])
const MACROS = ['all', 'exists', 'exists_one', 'filter', 'map', 'has']

/** Reads an expression's tree: what it looks at, and the first thing that is wrong with it. */
export function analyze(root: Expr): Analysis {
  const names = new Set<string>()
  const paths: (readonly PathStep[])[] = []
  let nodes = 0
  let fault: Fault | null = null

  const visit = (expr: Expr | undefined, locals: ReadonlySet<string>, depth: number): void => {
    if (expr === undefined || fault !== null) return
    fault = complexity(expr, ++nodes, depth) ?? functionFault(expr)
    if (fault !== null) return
    if (expr.exprKind.case === 'identExpr' && !locals.has(expr.exprKind.value.name)) {
      names.add(expr.exprKind.value.name)
    }
    const path = pathOf(expr, locals)
    if (path !== null) paths.push(path)
    for (const [child, inner] of childrenOf(expr, locals)) visit(child, path ? SILENT : inner, depth + 1)
  }
  visit(root, new Set(), 0)
  return { names, paths: uniquePaths(paths), fault }
}

/** Below a path that is already known, its own prefixes are no paths of their own; index expressions are rare. */
const SILENT: ReadonlySet<string> = new Set(['*'])

/**
 * Charges a comprehension's range and each of its turns to the budget, and lets lists that one builds grow in place.
 * Changes the tree: the original is kept for explanations.
 */
export function meter(expr: Expr): void {
  for (const [child] of childrenOf(expr, new Set())) if (child) meter(child)
  if (expr.exprKind.case !== 'comprehensionExpr') return
  const loop = expr.exprKind.value
  if (loop.iterRange) loop.iterRange = call(expr.id, RANGE, [loop.iterRange])
  if (loop.loopCondition) loop.loopCondition = call(expr.id, TICK, [loop.loopCondition])
  if (loop.accuInit?.exprKind.case !== 'listExpr') return
  loop.accuInit = call(expr.id, NEW_LIST, [])
  const append = appendOf(loop.loopStep)
  if (append?.args[1]?.exprKind.case !== 'listExpr') return
  append.function = APPEND
  append.args[1] = append.args[1].exprKind.value.elements[0] as Expr
}

/** `has(a)` of a bare name asks for the property of the body, as `has(responseJson.a)` does. Changes the tree. */
export function expandBareHas(expr: Expr): void {
  for (const [child] of childrenOf(expr, new Set())) if (child) expandBareHas(child)
  const { exprKind } = expr
  const only =
    exprKind.case === 'callExpr' && exprKind.value.function === 'has' ? exprKind.value.args[0] : undefined
  if (only?.exprKind.case !== 'identExpr') return
  const field = only.exprKind.value.name
  only.exprKind.value.name = 'responseJson'
  const value = {
    $typeName: 'cel.expr.Expr.Select',
    operand: only,
    field,
    testOnly: true,
  } as const
  expr.exprKind = { case: 'selectExpr', value }
}

type Call = Extract<Expr['exprKind'], { case: 'callExpr' }>['value']

/** `filter` and `map` add by `accu + [x]`, which may stand in one branch of `?:`. */
function appendOf(step: Expr | undefined): Call | null {
  if (step?.exprKind.case !== 'callExpr') return null
  const { value } = step.exprKind
  return value.function === '_+_' ? value : appendOf(value.args[1])
}

function call(id: bigint, name: string, args: Expr[]): Expr {
  const value = {
    $typeName: 'cel.expr.Expr.Call',
    function: name,
    args,
  } as Call
  return {
    $typeName: 'cel.expr.Expr',
    id,
    exprKind: { case: 'callExpr', value },
  } as Expr
}

/** A chain of names from an identifier that is no local variable; null for anything else. */
function pathOf(expr: Expr, locals: ReadonlySet<string>): readonly PathStep[] | null {
  if (locals === SILENT) return null
  const { exprKind } = expr
  if (exprKind.case === 'identExpr') {
    const { name } = exprKind.value
    if (locals.has(name) || name.startsWith('@')) return null
    return FACT_NAMES.has(name) || name.startsWith(SLOT_PREFIX) ? [name] : ['responseJson', name]
  }
  if (exprKind.case === 'selectExpr') {
    const before = exprKind.value.operand ? pathOf(exprKind.value.operand, locals) : null
    return before && [...before, exprKind.value.field]
  }
  if (exprKind.case === 'callExpr' && exprKind.value.function === '_[_]') {
    const [operand, index] = exprKind.value.args
    const before = operand ? pathOf(operand, locals) : null
    const step = index?.exprKind.case === 'constExpr' ? index.exprKind.value.constantKind.value : null
    if (before && typeof step === 'string') return [...before, step]
    if (before && typeof step === 'bigint') return [...before, Number(step)]
  }
  return null
}

type Child = readonly [Expr | undefined, ReadonlySet<string>]

function childrenOf(expr: Expr, locals: ReadonlySet<string>): Child[] {
  const { exprKind } = expr
  switch (exprKind.case) {
    case 'selectExpr':
      return [[exprKind.value.operand, locals]]
    case 'callExpr':
      return [exprKind.value.target, ...exprKind.value.args].map((child) => [child, locals] as const)
    case 'listExpr':
      return exprKind.value.elements.map((child) => [child, locals] as const)
    case 'structExpr':
      return exprKind.value.entries.flatMap((entry) => [
        [entry.keyKind.case === 'mapKey' ? entry.keyKind.value : undefined, locals] as const,
        [entry.value, locals] as const,
      ])
    case 'comprehensionExpr': {
      const loop = exprKind.value
      const inner = new Set([...locals, loop.iterVar, loop.iterVar2, loop.accuVar])
      return [
        [loop.iterRange, locals],
        [loop.accuInit, locals],
        [loop.loopCondition, inner],
        [loop.loopStep, inner],
        [loop.result, inner],
      ]
    }
    default:
      return []
  }
}

function complexity({ id }: Expr, nodes: number, depth: number): Fault | null {
  if (nodes > MOST_NODES) return { id, message: 'the condition is too complex', hint: 'split it up' }
  if (depth > DEEPEST) return { id, message: 'the condition is nested too deeply', hint: null }
  return null
}

function functionFault(expr: Expr): Fault | null {
  const { id, exprKind } = expr
  if (exprKind.case === 'structExpr' && exprKind.value.messageName !== '') {
    return {
      id,
      message: `${exprKind.value.messageName}{} is not known here`,
      hint: null,
    }
  }
  if (exprKind.case !== 'callExpr') return null
  const { function: name, args } = exprKind.value
  const isOperator = OPERATORS.has(name) || !/^[a-z]/i.test(name)
  if (!isOperator && !functionNames.has(name)) {
    return {
      id,
      message: `unknown function '${name}'`,
      hint: functionHint(name),
    }
  }
  return name === 'matches' ? patternFault(args.at(-1), id) : null
}

function functionHint(name: string): string | null {
  if (MACROS.includes(name)) return `${name} takes a variable and a condition, as in items.${name}(i, i.ok)`
  return didYouMean(name, [...functionNames, ...MACROS])
}

function patternFault(pattern: Expr | undefined, id: bigint): Fault | null {
  const literal = pattern?.exprKind.case === 'constExpr' ? pattern.exprKind.value.constantKind.value : null
  if (typeof literal !== 'string') {
    const message = 'the pattern of matches() has to be a text in quotes'
    return {
      id: pattern?.id ?? id,
      message,
      hint: 'a pattern out of a response is not allowed',
    }
  }
  try {
    compilePattern(literal)
    return null
  } catch (error) {
    const message = `not a valid regular expression: ${(error as Error).message}`
    return {
      id: pattern?.id ?? id,
      message,
      hint: 'the syntax is RE2; it has no look-around and no back-references',
    }
  }
}

function uniquePaths(paths: readonly (readonly PathStep[])[]): (readonly PathStep[])[] {
  return [...new Map(paths.map((path) => [JSON.stringify(path), path])).values()]
}
