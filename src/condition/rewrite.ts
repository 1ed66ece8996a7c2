import { BindingError, type PathStep, parsePath } from '../binding/path.ts'
import { ConditionError } from './condition-error.ts'
import { fromFacts, toCel } from './names.ts'

/** A `${...}` that is read from the run, or whose text is wanted, stands in the CEL text as this variable. */
export interface Slot {
  readonly name: string
  /** As written. */
  readonly steps: readonly PathStep[]
  readonly isBinding: boolean
  /** Inside quotes: its text, `null` when missing. */
  readonly asText: boolean
}

export interface Rewritten {
  readonly cel: string
  readonly slots: readonly Slot[]
  /** The offset in the text as written for one in the CEL text. */
  toSource(offset: number): number
}

/** Slots begin with this, which no property should. */
export const SLOT_PREFIX = 'bide_slot_'

/** Levels of an expression, and of the brackets in its text: whether the parser's stack holds more is up to V8's mood. */
export const DEEPEST = 100

/** Turns the `${...}` spelling into CEL. A path becomes a path; a value is never pasted as text. */
export function rewrite(source: string, isBinding: (steps: readonly PathStep[]) => boolean): Rewritten {
  const slots: Slot[] = []
  const marks: (readonly [cel: number, source: number])[] = []
  let cel = ''
  const put = (text: string, at: number) => {
    marks.push([cel.length, at])
    cel += text
  }
  const slot = (steps: readonly PathStep[], asText: boolean) => {
    const name = `${SLOT_PREFIX}${slots.length}`
    slots.push({ name, steps, isBinding: isBinding(steps), asText })
    return name
  }
  let at = 0
  let depth = 0
  while (at < source.length) {
    const rest = source[at] as string
    if (rest === '(') depth++
    else if (rest === ')') depth--
    if (depth > DEEPEST)
      throw new ConditionError('the condition is nested too deeply', { source, offset: at })
    if (rest === '$' && source[at + 1] === '{') {
      const { steps, end } = readBinding(source, at, source.length)
      put(isBinding(steps) ? slot(steps, false) : toCel(fromFacts(steps)), at)
      at = end
    } else if (rest === '"' || rest === "'") {
      const end = endOfString(source, at)
      put(
        rewriteString(source, { from: at, end }, (steps) => slot(steps, true)),
        at,
      )
      at = end
    } else {
      const word = /^(?:true|false)\b/i.exec(isWordStart(source, at) ? source.slice(at, at + 6) : '')
      put(word ? word[0].toLowerCase() : rest, at)
      at += word ? word[0].length : 1
    }
  }
  return {
    cel,
    slots,
    toSource: (offset) => sourceOffset(marks, offset, source.length),
  }
}

function isWordStart(source: string, at: number): boolean {
  return at === 0 || !/[\w.]/.test(source[at - 1] as string)
}

function readBinding(source: string, at: number, limit: number) {
  const close = source.indexOf('}', at)
  if (close < 0 || close >= limit) {
    throw new ConditionError('a ${ that is not closed', {
      source,
      offset: at,
      hint: 'close it with }',
    })
  }
  try {
    return {
      steps: parsePath(source.slice(at + 2, close), at + 2),
      end: close + 1,
    }
  } catch (error) {
    if (!(error instanceof BindingError)) throw error
    throw new ConditionError(error.message, {
      source,
      offset: error.offset,
      hint: error.hint,
    })
  }
}

function endOfString(source: string, from: number): number {
  const quote = source[from] as string
  const isRaw = /[rR]/.test(source[from - 1] ?? '')
  if (source.startsWith(quote.repeat(3), from)) {
    const close = source.indexOf(quote.repeat(3), from + 3)
    if (close >= 0) return close + 3
  }
  for (let i = from + 1; i < source.length; i++) {
    if (source[i] === '\\' && !isRaw) i++
    else if (source[i] === quote) return i + 1
  }
  throw new ConditionError('a quote that is not closed', {
    source,
    offset: from,
    hint: `close it with ${quote}`,
  })
}

/** `"a ${x} b"` becomes `("a " + text of x + " b")`. */
function rewriteString(
  source: string,
  { from, end }: { from: number; end: number },
  slot: (steps: readonly PathStep[]) => string,
): string {
  const literal = source.slice(from, end)
  if (!literal.includes('${')) return literal
  const quote = source[from] as string
  const parts: string[] = []
  let at = from + 1
  for (let open = source.indexOf('${', at); open >= 0 && open < end; open = source.indexOf('${', at)) {
    if (open > at) parts.push(quote + source.slice(at, open) + quote)
    const binding = readBinding(source, open, end)
    parts.push(slot(binding.steps))
    at = binding.end
  }
  if (at < end - 1) parts.push(quote + source.slice(at, end - 1) + quote)
  return parts.length === 1 ? (parts[0] as string) : `(${parts.join(' + ')})`
}

function sourceOffset(marks: readonly (readonly [number, number])[], offset: number, end: number): number {
  const mark = marks.findLast(([cel]) => cel <= offset)
  return mark ? Math.min(mark[1], end) : offset
}
