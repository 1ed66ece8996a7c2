import type { Completion, CompletionContext, CompletionResult } from '@codemirror/autocomplete'
import { readSource } from '../../../src/pipeline/source-file.ts'
import { bindingNames } from './binding-names.ts'
import type { Surroundings } from './check.ts'
import { keysAt, type Offer, valuesAt } from './schema-keys.ts'
import { indentOf, siblingValue, yamlPath } from './yaml-path.ts'

/** Offers keys, values and bindings as one types, of what the format and this very file know. */
export function pipelineCompletion(surroundings: () => Surroundings) {
  let known: unknown = null
  return (context: CompletionContext): CompletionResult | null => {
    const text = context.state.doc.toString()
    known = readSource('pipeline', text).documents[0]?.data ?? known
    const line = context.state.doc.lineAt(context.pos)
    const here: Here = {
      context,
      lines: text.split('\n'),
      at: line.number - 1,
      before: line.text.slice(0, context.pos - line.from),
    }
    return inBinding(here, known, surroundings()) ?? asValue(here, surroundings()) ?? asKey(here)
  }
}

interface Here {
  readonly context: CompletionContext
  readonly lines: readonly string[]
  /** The line, from 0. */
  readonly at: number
  /** The line up to the cursor. */
  readonly before: string
}

function inBinding(
  { context, lines, at, before }: Here,
  file: unknown,
  { variables }: Surroundings,
): CompletionResult | null {
  const open = /(?<!\\)\$\{([^}]*)$/.exec(before)
  if (open === null) return null
  const path = yamlPath(lines, at, indentOf(before) + 1)
  const [top, stage, tasks, task] = path
  const owner =
    top === 'stages' && tasks === 'tasks' && stage !== undefined && task !== undefined
      ? { stage, task }
      : null
  const isClosed = context.state.sliceDoc(context.pos, context.pos + 1) === '}'
  const options = bindingNames(file, variables ?? [], owner).map(
    ({ path: label, says, rank }): Completion => ({
      label,
      detail: says,
      boost: rank,
      type: 'variable',
      apply: isClosed ? label : `${label}}`,
    }),
  )
  return { from: context.pos - (open[1] as string).length, options, validFor: /^[^}]*$/ }
}

function asValue({ context, lines, at, before }: Here, { pipelines }: Surroundings): CompletionResult | null {
  const found = /^(\s*(?:- +)?)([\w$]+):[ \t]+(\S*)$/.exec(before)
  if (found === null) return null
  const [, margin = '', key = '', typed = ''] = found
  const path = [...yamlPath(lines, at, margin.length), key]
  const names = isPipelineName(path) ? (pipelines ?? []) : []
  const offers = [...valuesAt(path, typeAbove(lines, at, path)), ...names.map(asOffer)]
  if (offers.length === 0) return null
  return { from: context.pos - typed.length, options: offers.map((offer) => completion(offer, 'enum')) }
}

function isPipelineName(path: readonly string[]): boolean {
  const [top, second, , , input, key] = path
  return (
    (top === 'stages' && input === 'input' && key === 'pipeline') ||
    (top === 'rollbacks' && second === '[]' && path[2] === 'name')
  )
}

function asKey({ context, lines, at, before }: Here): CompletionResult | null {
  const found = /^(\s*(?:- +)?)([\w$]*)$/.exec(before)
  if (found === null) return null
  const [, margin = '', typed = ''] = found
  if (typed === '' && !context.explicit) return null
  const ofItem = margin.includes('-') ? ['[]'] : []
  const path = [
    ...yamlPath(lines, at, margin.includes('-') ? margin.indexOf('-') + 1 : margin.length),
    ...ofItem,
  ]
  const options = keysAt(path, typeAbove(lines, at, path)).map((offer) => ({
    ...completion(offer, 'property'),
    apply: offer.isOpen ? `${offer.text}:` : `${offer.text}: `,
  }))
  return options.length === 0 ? null : { from: context.pos - typed.length, options, validFor: /^[\w$]*$/ }
}

/** The type of the task that a line within its `input` belongs to. */
function typeAbove(lines: readonly string[], at: number, path: readonly string[]): string | null {
  if (path[0] !== 'stages' || path[4] !== 'input') return null
  for (let line = at; line >= 0; line--) {
    if (!/^\s*input:/.test(lines[line] as string)) continue
    const type = siblingValue(lines, line, 'type')
    if (type !== null) return type
  }
  return null
}

function asOffer(text: string): Offer {
  return { text, detail: 'pipeline', info: null, isOpen: false }
}

function completion({ text, detail, info }: Offer, type: string): Completion {
  return { label: text, detail, type, ...(info !== null && { info }) }
}
