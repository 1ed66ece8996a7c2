import { BideError } from '../core/errors.ts'
import { toJson } from '../core/json.ts'
import type { PathStep } from './path.ts'
import { type Binding, parseTemplate } from './template.ts'

/** What a binding stands for; `undefined` where it has no value. */
export type Lookup = (steps: readonly PathStep[]) => unknown

/** A binding that has no value, or one that may not stand where it stands. */
export class UnresolvedBindingError extends BideError {
  constructor(message: string) {
    super('unresolved-binding', message)
    this.name = 'UnresolvedBindingError'
  }
}

/**
 * A text with each binding replaced by its value's text; objects and lists by their JSON. A value is never looked
 * at again for bindings.
 *
 * @throws UnresolvedBindingError where one has no value.
 */
export function renderText(template: string, lookup: Lookup): string {
  if (!template.includes('${')) return template
  return parseTemplate(template)
    .map((part) => (part.kind === 'text' ? part.text : valueText(part, lookup)))
    .join('')
}

const BREAKS_A_HEADER = /[\r\n\0]/

/** The value of a header. @throws UnresolvedBindingError also where a value holds a line break. */
export function renderHeader(template: string, lookup: Lookup): string {
  const value = renderText(template, lookup)
  if (!BREAKS_A_HEADER.test(value)) return value
  throw new UnresolvedBindingError(`the value of ${template} holds a line break, which no header may hold`)
}

/** The text of one binding's value. @throws UnresolvedBindingError */
export function valueText({ steps, source }: Binding, lookup: Lookup): string {
  const value = lookup(steps)
  if (value === undefined) throw new UnresolvedBindingError(`${oneLine(source)} has no value`)
  return value === null || typeof value === 'object' ? toJson(value) : String(value)
}

function oneLine(source: string): string {
  return source.replace(/\s+/g, ' ')
}
