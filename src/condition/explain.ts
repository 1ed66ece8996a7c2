import { isCelList, isCelMap, unparse } from '@bufbuild/cel'
import type { Expr } from '@bufbuild/cel-spec/cel/expr/syntax_pb.js'
import { formatPath } from '../binding/path.ts'
import type { Evaluation, ExplainedOperand, Explanation, Facts } from '../core/condition.ts'
import { toJson } from '../core/json.ts'
import type { Answer } from './answer.ts'
import { budgetLeft, EXPLAIN_BUDGET, openBudget } from './budget.ts'
import { isIdentifier } from './names.ts'
import { type Program, plainValue, readValue } from './program.ts'
import { keysOf } from './views.ts'

const LONGEST_VALUE = 80
/** Above this a value is not even written out to be cut. */
const LARGE = 200

/**
 * Why a condition gave what it gave: a sentence, the values it looked up, and the truth of each operand, which is
 * evaluated when it is first asked for.
 */
export function explainProgram(
  program: Program,
  facts: Facts,
  { answer, result }: { readonly answer: Answer; readonly result: Evaluation },
): Explanation {
  const reads = program.reads.map((read) => ({ name: read.name, value: readValue(read, facts) }))
  let operands: readonly ExplainedOperand[] | null = null
  openBudget(EXPLAIN_BUDGET)
  const parts = answersOf(program, facts, answer)
  const told = new Set<string>()
  const values: Record<string, string> = {}
  for (const { name, value } of reads) {
    values[name] = shown(value)
    if (!isTypeName(name, value)) told.add(sayRead({ name, value }))
  }
  for (const mismatch of mismatches(program, parts.answerTo)) told.add(mismatch)
  if (result.kind === 'error') told.add(result.message)
  if (result.kind === 'does-not-hold' && result.why && reads.length === 0) told.add(result.why)
  const truth = result.kind === 'holds' ? 'true' : result.kind === 'error' ? 'undecided' : 'false'
  const because = told.size === 0 ? '' : `: ${[...told].join(', ')}`
  return {
    source: program.source,
    result,
    sentence: `${oneLine(program.source)} -> ${truth}${because}`,
    values,
    get operands() {
      operands ??= operandsOf(program, parts)
      return operands
    },
  }
}

/** The values that a condition looks at, shortened; no evaluation. */
export function observedValues(program: Program, facts: Facts): Readonly<Record<string, string>> {
  const values: Record<string, string> = {}
  for (const read of program.reads) {
    const value = readValue(read, facts)
    if (!isTypeName(read.name, value)) values[read.name] = shown(value)
  }
  return values
}

/** Why there is no yes and no no: what is missing, else the words of the language. */
export function whyUndecided(program: Program, facts: Facts, answer: Answer): string {
  const missing = program.reads.filter((read) => readValue(read, facts) === undefined).map(({ name }) => name)
  if (missing.length > 0) return missing.map((name) => `${name} is not in the response`).join(', ')
  if (answer.kind === 'value') return `it gives ${shown(plainValue(answer.value))}, not true or false`
  const { answerTo } = answersOf(program, facts, answer)
  return [...mismatches(program, answerTo), wordsOf(answer)][0] as string
}

function wordsOf(answer: Answer): string {
  if (answer.kind === 'value') return ''
  return (answer.kind === 'none' ? answer.why : answer.message).replace(/^<input>:\S+ /, '')
}

function sayRead({ name, value }: { name: string; value: unknown }): string {
  return value === undefined ? `${name} is not in the response` : `${name} is ${shown(value)}`
}

const TYPE_NAMES = new Set([
  'int',
  'uint',
  'double',
  'bool',
  'string',
  'bytes',
  'list',
  'map',
  'null_type',
  'type',
])

/** `type(x) == double` looks for no property named double. */
function isTypeName(name: string, value: unknown): boolean {
  return value === undefined && TYPE_NAMES.has(name) && isIdentifier(name)
}

function shown(value: unknown): string {
  if (value === undefined) return '(missing)'
  if (value !== null && typeof value === 'object' && !isSmall(value)) {
    return Array.isArray(value) ? `[${value.length} items]` : `{${keysOf(value).length} keys}`
  }
  const text = toJson(typeof value === 'string' && value.length > LARGE ? value.slice(0, LARGE) : value)
  return text.length > LONGEST_VALUE ? `${text.slice(0, LONGEST_VALUE - 1)}…` : text
}

/** Only what is short and flat is written out, so that a large body costs nothing here. */
function isSmall(value: object): boolean {
  if ((Array.isArray(value) ? value.length : keysOf(value).length) > 5) return false
  const items = Object.values(value)
  return items.every((item) => typeof item !== 'object' || item === null)
}

function oneLine(source: string): string {
  return source.trim().replace(/\s+/g, ' ')
}

/** What the parts of a program gave; each is asked once, out of one budget. */
interface Answers {
  answerTo(part: Expr): Answer
  /** Goes on with the budget where it was left: others may have evaluated since. */
  resume(): void
}

function answersOf(program: Program, facts: Facts, whole: Answer): Answers {
  const known = new Map<Expr, Answer>([[program.expr, whole]])
  let left = budgetLeft()
  return {
    answerTo(part) {
      let answer = known.get(part)
      if (answer === undefined) {
        answer = program.runPart(part, facts)
        known.set(part, answer)
        left = budgetLeft()
      }
      return answer
    },
    resume: () => openBudget(EXPLAIN_BUDGET, left),
  }
}

/** Each operand with its own truth or value, down to names, in source order. */
function operandsOf(program: Program, { answerTo, resume }: Answers): ExplainedOperand[] {
  const rows: ExplainedOperand[] = []
  resume()
  const visit = (expr: Expr, depth: number) => {
    rows.push({
      text: textOf(program, expr),
      value: answerText(answerTo(expr)),
      depth,
    })
    for (const part of partsOf(expr)) visit(part, depth + 1)
  }
  visit(program.expr, 0)
  return rows
}

/** Operands that are worth a line: no literals, no insides of a loop, no steps of a path. */
function partsOf({ exprKind }: Expr): Expr[] {
  if (exprKind.case !== 'callExpr' || exprKind.value.function === '_[_]') return []
  return [exprKind.value.target, ...exprKind.value.args].filter(
    (part): part is Expr => part !== undefined && part.exprKind.case !== 'constExpr',
  )
}

function textOf({ rewritten, source }: Program, expr: Expr): string {
  try {
    const text = unparse(expr)
    return rewritten.slots.reduce((t, slot) => t.replaceAll(slot.name, `\${${formatPath(slot.steps)}}`), text)
  } catch {
    return oneLine(source)
  }
}

function answerText(answer: Answer): string {
  if (answer.kind !== 'value') return `undecided: ${wordsOf(answer)}`
  if (isCelList(answer.value)) return `[${answer.value.size} items]`
  return isCelMap(answer.value) ? '{...}' : shown(plainValue(answer.value))
}

const COMPARISONS = new Set(['_==_', '_!=_', '_<_', '_<=_', '_>_', '_>=_'])

/** Comparisons of a text with a number, which are never equal: most often a pair of quotes too many. */
function mismatches(program: Program, answerTo: Answers['answerTo']): string[] {
  const found: string[] = []
  const visit = (expr: Expr) => {
    const { exprKind } = expr
    if (exprKind.case !== 'callExpr') return
    const [left, right] = exprKind.value.args
    if (COMPARISONS.has(exprKind.value.function) && left && right) {
      const kinds = [left, right].map((part) => kindOf(answerTo(part)))
      if (kinds[0] && kinds[1] && kinds[0] !== kinds[1]) {
        found.push(`${textOf(program, expr)} compares ${kinds[0]} with ${kinds[1]}`)
      }
      return
    }
    for (const part of partsOf(expr)) visit(part)
  }
  visit(program.expr)
  return found
}

function kindOf(answer: Answer): string | null {
  if (answer.kind !== 'value') return null
  const { value } = answer
  if (typeof value === 'string') return 'a text'
  if (typeof value === 'number' || typeof value === 'bigint') return 'a number'
  return typeof value === 'boolean' ? 'a truth value' : null
}
