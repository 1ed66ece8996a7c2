import { type Document, LineCounter, parseAllDocuments, visit, type YAMLError } from 'yaml'
import type { PathStep } from '../binding/path.ts'
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

/** Reads a text of YAML 1.2, and so of JSON; several documents are kept apart. */
export function readSource(file: string, text: string): SourceFile {
  const lines = new LineCounter()
  const place = placer({ file, text, lines })
  try {
    const parsed = parseAllDocuments(text, { lineCounter: lines, prettyErrors: false, merge: true })
    if (!Array.isArray(parsed)) return { documents: [], problems: [] }
    const faults = parsed.flatMap((doc) => [
      ...doc.errors.map((error) => syntaxFault(doc, error)),
      ...aliasFaults(doc),
    ])
    if (faults.length > 0) {
      return { documents: [], problems: faults.map(({ offset, message }) => place(offset, syntax(message))) }
    }
    const documents = parsed
      .filter((doc) => doc.contents !== null)
      .map((doc) => ({
        data: dataOf(doc),
        file,
        locate: (finding: Finding) => place(placeOf(doc, finding, text), finding),
      }))
    return { documents, problems: [] }
  } catch (error) {
    if (!(error instanceof RangeError)) throw error
    return {
      documents: [],
      problems: [place(0, syntax('it is nested too deeply, or too large, to be read'))],
    }
  }
}

interface Placed {
  readonly file: string
  readonly text: string
  readonly lines: LineCounter
}

type Said = Pick<Problem, 'severity' | 'rule' | 'message' | 'hint'>

function placer({ file, text, lines }: Placed) {
  return (offset: number, { severity, rule, message, hint }: Said): Problem => {
    const { line, col } = lines.linePos(Math.min(offset, Math.max(0, text.length - 1)))
    const start = lines.lineStarts[line - 1] ?? 0
    const lineText = text.slice(start).split(/\r?\n/, 1)[0] ?? ''
    return {
      severity,
      rule,
      message,
      hint,
      file,
      line: Math.max(1, line),
      column: Math.max(1, col),
      text: lineText,
    }
  }
}

function syntax(message: string): Said {
  return { severity: 'error', rule: 'syntax', message, hint: null }
}

interface Fault {
  readonly offset: number
  readonly message: string
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

function aliasFaults(doc: Document): Fault[] {
  const faults: Fault[] = []
  visit(doc, {
    Alias(_, alias, path) {
      const target = alias.resolve(doc)
      const offset = alias.range?.[0] ?? 0
      if (target === undefined) faults.push({ offset, message: `there is no anchor &${alias.source}` })
      else if (path.includes(target)) faults.push({ offset, message: `*${alias.source} would hold itself` })
    },
  })
  return faults
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
  return withoutEmpty(doc.toJS({ maxAliasCount: -1 }), budget)
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
