import {
  type Document,
  isMap,
  isNode,
  isScalar,
  LineCounter,
  type Node,
  parseAllDocuments,
  visit,
} from 'yaml'
import type { PathStep } from '../binding/path.ts'
import type { Problem } from './problem.ts'

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
  const parsed = parseAllDocuments(text, { lineCounter: lines, prettyErrors: false, merge: true })
  const place = placer({ file, text, lines })
  if (!Array.isArray(parsed)) return { documents: [], problems: [] }
  const problems = parsed.flatMap((doc) =>
    doc.errors.map((error) =>
      place(error.pos[0], {
        severity: 'error',
        rule: 'syntax',
        message: sentence(error.message),
        hint: null,
      }),
    ),
  )
  if (problems.length > 0) return { documents: [], problems }
  const documents = parsed
    .filter((doc) => doc.contents !== null)
    .map((doc) => ({
      data: dataOf(doc),
      file,
      locate: (finding: Finding) => place(offsetOf(doc, finding, text), finding),
    }))
  return { documents, problems }
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

/** A number that JSON would spell otherwise (`1.10`, `007`) is kept as its text. */
function dataOf(doc: Document): unknown {
  visit(doc, {
    Scalar(_, node) {
      if (typeof node.value === 'number' && node.source !== undefined && String(node.value) !== node.source) {
        node.value = node.source
      }
    },
  })
  return withoutEmpty(doc.toJS({ maxAliasCount: 100 }))
}

function withoutEmpty(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutEmpty)
  if (value === null || typeof value !== 'object') return value
  const kept = Object.entries(value).filter(([, item]) => item !== null)
  return Object.fromEntries(kept.map(([key, item]) => [key, withoutEmpty(item)]))
}

/** The deepest part of the path that is there. */
function offsetOf(doc: Document, { path, spot }: Finding, text: string): number {
  for (let depth = path.length; depth > 0; depth--) {
    const steps = path.slice(0, depth)
    const key = spot.kind === 'key' && depth === path.length ? keyNode(doc, steps) : null
    const node = key ?? doc.getIn(steps, true)
    if (isNode(node) && node.range)
      return insideOf(node, node.range, { spot: depth === path.length ? spot : VALUE, text })
  }
  return doc.contents?.range?.[0] ?? 0
}

const VALUE: Spot = { kind: 'value' }

function keyNode(doc: Document, steps: readonly PathStep[]): Node | null {
  const map = steps.length === 1 ? doc.contents : doc.getIn(steps.slice(0, -1), true)
  if (!isMap(map)) return null
  const pair = map.items.find(({ key }) => (isScalar(key) ? key.value : key) === steps.at(-1))
  return isNode(pair?.key) ? pair.key : null
}

/**
 * The offset in the file of an offset in a text: exact on one line without escapes; else the binding that it
 * belongs to, found by its number; else the beginning of the text.
 */
function insideOf(
  node: Node,
  [from, to]: readonly number[],
  { spot, text }: { spot: Spot; text: string },
): number {
  const start = from as number
  if (spot.kind !== 'offset' || !isScalar(node) || typeof node.value !== 'string') return start
  const raw = text.slice(start, to)
  const at = raw.indexOf(node.value)
  if (at >= 0) return start + at + spot.offset
  const nth = node.value.slice(0, spot.offset + 2).split('${').length - 1
  let found = -1
  for (let i = 0; i < nth; i++) found = raw.indexOf('${', found + 1)
  return found >= 0 ? start + found : start
}

function sentence(message: string): string {
  return message.split('\n')[0]?.replace(/ at line \d+, column \d+:?$/, '') ?? message
}
