import { BideError } from '../core/errors.ts'

/** A path to a value: property names and list indexes. */
export type PathStep = string | number

/** A `${...}` that cannot be read; `offset` counts UTF-16 units from the start of the whole text. */
export class BindingError extends BideError {
  readonly offset: number

  constructor(message: string, offset: number, hint: string | null = null) {
    super('invalid-binding', message, { hint })
    this.name = 'BindingError'
    this.offset = offset
  }
}

const NAME = /[\p{L}\p{N}_$@:][\p{L}\p{N}_$@: -]*/uy
const INDEX = /\[\s*(?:(\d+)|"((?:[^"\\]|\\.)*)"|'((?:[^'\\]|\\.)*)')\s*\]/y
const PLAIN_NAME = /^[\p{L}\p{N}_$@:](?:[\p{L}\p{N}_$@: -]*[\p{L}\p{N}_$@:-])?$/u

/**
 * Reads the inside of `${...}`: names parted by dots, `[0]`, `["any key"]`. Names may hold blanks and hyphens; a
 * line break with its indent is one blank. `offset` is where `text` stands in the whole, for errors.
 *
 * @throws BindingError
 */
export function parsePath(text: string, offset = 0): PathStep[] {
  const steps: PathStep[] = []
  let at = text.length - text.trimStart().length
  const end = text.trimEnd().length
  if (at >= end) throw new BindingError('an empty ${}', offset, 'name a path, as in ${input.name}')
  const folded = text.replace(/[\t\r\n]/g, ' ')
  while (at < end) {
    const [step, next] = nextStep(folded, at, steps.length === 0)
    if (step === null) throw notAPath(text, at, offset)
    steps.push(step)
    at = next
  }
  return steps
}

/** The one spelling of a path, as `parsePath` reads it. */
export function formatPath(steps: readonly PathStep[]): string {
  return steps
    .map((step, i) => {
      if (typeof step === 'number') return `[${step}]`
      if (!PLAIN_NAME.test(step)) return `[${JSON.stringify(step)}]`
      return i === 0 ? step : `.${step}`
    })
    .join('')
}

/** The value at the end of a path; `undefined` where a step is missing. Only own properties count. */
export function lookUp(root: unknown, steps: readonly PathStep[]): unknown {
  let value = root
  for (const step of steps) {
    if (value === null || typeof value !== 'object' || !Object.hasOwn(value, step)) return undefined
    value = (value as Record<PathStep, unknown>)[step]
  }
  return value
}

function nextStep(text: string, at: number, isFirst: boolean): [PathStep | null, number] {
  INDEX.lastIndex = at
  const index = INDEX.exec(text)
  if (index && !isFirst) return [indexStep(index), INDEX.lastIndex]
  if (!isFirst && text[at] !== '.') return [null, at]
  NAME.lastIndex = isFirst ? at : skipBlanks(text, at + 1)
  const name = NAME.exec(text)
  return name ? [name[0].trim().replace(/ {2,}/g, ' '), NAME.lastIndex] : [null, at]
}

function indexStep([, digits, double, single]: RegExpExecArray): PathStep {
  if (digits !== undefined) return Number(digits)
  return (double ?? single ?? '').replace(/\\(.)/g, '$1')
}

function skipBlanks(text: string, at: number): number {
  while (text[at] === ' ') at++
  return at
}

function notAPath(text: string, at: number, offset: number): BindingError {
  const hint = /[|&=<>?!+*/]/.test(text)
    ? 'only a path stands inside ${}; write operators outside of it'
    : 'a path is names parted by dots, [0] or ["key"]'
  return new BindingError(`\${${text}} is not a path`, offset + at, hint)
}
