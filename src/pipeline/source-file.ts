import { type Document, isScalar, parseAllDocuments, type Scalar, visit, type YAMLError } from 'yaml'
import type { PathStep } from '../binding/path.ts'
import { aliasesOf } from './aliases.ts'
import type { Problem } from './problem.ts'
import { placeOf } from './source-place.ts'

/** Where in a value a problem stands, where that is known. */
export type Spot =
  | { readonly kind: 'value' }
  /** The key, not its value. */
  | { readonly kind: 'key' }
  /** UTF-16 units into a text, which may be folded over lines of the file. */
  | { readonly kind: 'offset'; readonly offset: number }

/** What is said about a place, before it has a file and a line. */
export interface Finding {
  readonly severity: Problem['severity']
  readonly rule: string
  readonly message: string
  readonly hint: string | null
  readonly path: readonly PathStep[]
  readonly spot: Spot
}

/** One document of a file of YAML or JSON, with the place of everything in it. */
export interface SourceDocument {
  /** Plain data; keys without a value are left out. */
  readonly data: unknown
  readonly file: string
  /** Gives a finding its place. */
  locate(finding: Finding): Problem
}

export interface SourceFile {
  readonly documents: readonly SourceDocument[]
  /** Where the text itself cannot be read. */
  readonly problems: readonly Problem[]
}

/** The parser's own look for repeated keys takes hours over a large map. */
const OPTIONS = { prettyErrors: false, merge: true, uniqueKeys: false, logLevel: 'error' } as const

/** Reads a text of YAML 1.2, and so of JSON; several documents are kept apart. */
export function readSource(file: string, text: string): SourceFile {
  const place = placer(file, text)
  try {
    const parsed = parseAllDocuments(text, OPTIONS)
    if (!Array.isArray(parsed)) return { documents: [], problems: [] }
    const read = parsed.map((doc) => ({ doc, aliases: aliasesOf(doc) }))
    const faults = read.flatMap(({ doc, aliases }) => [
      ...doc.errors.filter(isOfItsOwn).map((error) => syntaxFault(doc, error)),
      ...aliases.faults,
      ...repeatedKeys(doc),
    ])
    if (faults.length > 0) {
      return { documents: [], problems: faults.map(({ offset, message }) => place(offset, syntax(message))) }
    }
    const documents = read
      .map(({ doc, aliases: { targets } }) => ({
        data: dataOf(doc),
        file,
        locate: (finding: Finding) => place(placeOf({ doc, targets, text }, finding), finding),
      }))
      .filter(({ data }) => data !== null)
    return { documents, problems: [] }
  } catch (error) {
    if (!(error instanceof RangeError)) throw error
    return {
      documents: [],
      problems: [place(0, syntax(unreadable(error)))],
    }
  }
}

/** What the parser takes, and then refuses to give the data of. */
class UnreadableError extends RangeError {}

/** Else the stack, or our own bound, is used up. */
function unreadable(error: RangeError): string {
  return error instanceof UnreadableError
    ? error.message
    : 'it is nested too deeply, or too large, to be read'
}

type Said = Pick<Problem, 'severity' | 'rule' | 'message' | 'hint'>

function placer(file: string, text: string) {
  const starts = [0]
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) starts.push(at + 1)
  return (offset: number, { severity, rule, message, hint }: Said): Problem => {
    const line = lineAt(starts, Math.min(offset, text.length))
    const start = starts[line] as number
    const lineText = text.slice(start, starts[line + 1]).replace(/\r?\n$/, '')
    const column = Math.min(offset - start, lineText.length) + 1
    return { severity, rule, message, hint, file, line: line + 1, column, text: lineText }
  }
}

/** The last line that begins at or before an offset. */
function lineAt(starts: readonly number[], offset: number): number {
  let [low, high] = [0, starts.length - 1]
  while (low < high) {
    const middle = Math.ceil((low + high) / 2)
    if ((starts[middle] as number) <= offset) low = middle
    else high = middle - 1
  }
  return low
}

function syntax(message: string): Said {
  return { severity: 'error', rule: 'syntax', message, hint: null }
}

interface Fault {
  readonly offset: number
  readonly message: string
}

/** Once something stands where it may not, so does all that follows: that is said once. */
function isOfItsOwn({ code }: YAMLError, index: number): boolean {
  return index === 0 || code !== 'UNEXPECTED_TOKEN'
}

/** A quote that is not closed is noticed at the end of the text; it is said where it was opened. */
function syntaxFault(doc: Document, { message, pos }: YAMLError): Fault {
  if (!message.startsWith('Missing closing ')) return { offset: pos[0], message: sentence(message) }
  let offset = pos[0]
  visit(doc, {
    Scalar(_, { type, range }) {
      if (type?.startsWith('QUOTE_') && range && range[1] >= pos[0]) offset = range[0]
    },
  })
  return { offset, message: 'a quote that is not closed' }
}

function repeatedKeys(doc: Document): Fault[] {
  const faults: Fault[] = []
  visit(doc, {
    Map(_, { items }) {
      const seen = new Set<unknown>()
      for (const { key, value } of items) {
        if (!isScalar(key)) continue
        if (isMerge(key)) {
          if (isScalar(value))
            faults.push({ offset: key.range?.[0] ?? 0, message: '<< takes a map, by its anchor' })
          continue
        }
        const name = String(key.value)
        if (seen.has(name))
          faults.push({ offset: key.range?.[0] ?? 0, message: `key '${name}' stands here twice` })
        seen.add(name)
      }
    },
  })
  return faults
}

function isMerge({ value, type }: Scalar): boolean {
  return type === 'PLAIN' && (value === '<<' || typeof value === 'symbol')
}

/** A number that JSON would spell otherwise (`1.10`, `007`) is kept as its text. */
function dataOf(doc: Document): unknown {
  visit(doc, {
    Scalar(_, node) {
      if (typeof node.value === 'number' && node.source !== undefined && String(node.value) !== node.source) {
        node.value = node.source
      }
    },
  })
  const budget = { left: MOST_VALUES }
  return withoutEmpty(withInputs(toData(doc)), budget)
}

/** An input without a default is there all the same: it is given when the pipeline is run. */
function withInputs(data: unknown): unknown {
  const { input } = (data ?? {}) as { input?: unknown }
  if (input === null || typeof input !== 'object' || Array.isArray(input)) return data
  const named = Object.entries(input).map(([name, value]) => [name, value ?? ''])
  return { ...(data as object), input: Object.fromEntries(named) }
}

function toData(doc: Document): unknown {
  try {
    return doc.toJS({ maxAliasCount: -1 })
  } catch (error) {
    throw error instanceof RangeError ? error : new UnreadableError(sentence((error as Error).message))
  }
}

/** Aliases of aliases grow without end; no pipeline that people write comes near. */
const MOST_VALUES = 1_000_000

function withoutEmpty(value: unknown, budget: { left: number }): unknown {
  if (--budget.left < 0) throw new RangeError('too many values')
  if (Array.isArray(value)) return value.map((item) => withoutEmpty(item, budget))
  if (value === null || typeof value !== 'object') return value
  const kept = Object.entries(value).filter(([, item]) => item !== null)
  return Object.fromEntries(kept.map(([key, item]) => [key, withoutEmpty(item, budget)]))
}

function sentence(message: string): string {
  return message.split('\n')[0]?.replace(/ at line \d+, column \d+:?$/, '') ?? message
}
