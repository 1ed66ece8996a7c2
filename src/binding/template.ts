import { BindingError, type PathStep, parsePath } from './path.ts'

/** One piece of a text that may hold bindings. */
export type TemplatePart =
  | { readonly kind: 'text'; readonly text: string }
  | {
      readonly kind: 'binding'
      readonly steps: readonly PathStep[]
      /** As written, with `${` and `}`. */
      readonly source: string
      /** UTF-16 units from the start of the text. */
      readonly offset: number
    }

export type Binding = Extract<TemplatePart, { kind: 'binding' }>

/**
 * Reads a text with `${...}` in it. `\${` stands for a plain `${`; any other dollar is a dollar.
 * @throws BindingError at the offset of what is no path or is not closed.
 */
export function parseTemplate(text: string): TemplatePart[] {
  const parts: TemplatePart[] = []
  let plain = ''
  for (let at = 0; at < text.length; ) {
    if (text.startsWith('\\${', at)) {
      plain += '${'
      at += 3
    } else if (text.startsWith('${', at)) {
      const binding = readBinding(text, at)
      if (plain !== '') parts.push({ kind: 'text', text: plain })
      plain = ''
      parts.push(binding)
      at += binding.source.length
    } else {
      plain += text[at++]
    }
  }
  return plain === '' ? parts : [...parts, { kind: 'text', text: plain }]
}

/** The bindings of a text in source order. @throws BindingError */
export function bindingsIn(text: string): Binding[] {
  return text.includes('${') ? parseTemplate(text).filter((part) => part.kind === 'binding') : []
}

function readBinding(text: string, offset: number): Binding {
  const close = text.indexOf('}', offset)
  const next = text.indexOf('${', offset + 2)
  if (close < 0 || (next >= 0 && next < close)) {
    throw new BindingError('a ${ that is not closed', offset, 'close it with }')
  }
  const steps = parsePath(text.slice(offset + 2, close), offset + 2)
  return { kind: 'binding', steps, source: text.slice(offset, close + 1), offset }
}
