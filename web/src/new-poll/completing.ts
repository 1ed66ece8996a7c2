import type { Name } from './names.ts'

/** What is being typed before the caret, and what it may become. */
export interface Completing {
  /** Where the part that is replaced begins. */
  readonly from: number
  readonly names: readonly Name[]
  /** How many more there are. */
  readonly hidden: number
}

const MOST = 8

/** The names that fit what stands before the caret; null where nothing is to be offered. Within quotes it is text. */
export function completingAt(text: string, caret: number, names: readonly Name[]): Completing | null {
  const before = text.slice(0, caret)
  if (isQuoted(before)) return null
  const [whole = '', dollar, typed = ''] = /(\$\{?)?([A-Za-z_][\w.]*)?$/.exec(before) ?? []
  if (dollar === undefined && typed === '') return null
  const fitting = names.filter(({ path }) => fits(path, typed.toLowerCase()))
  if (fitting.length === 0 || (fitting.length === 1 && fitting[0]?.path === typed)) return null
  return {
    from: caret - whole.length,
    names: fitting.slice(0, MOST),
    hidden: Math.max(0, fitting.length - MOST),
  }
}

/** The bindings that fit a `$` and what stands between it and the caret. */
export function completingBindingAt(text: string, caret: number, names: readonly Name[]): Completing | null {
  const [whole, typed = ''] = /(?<!\\)\$(?:\{([\w.]*))?$/.exec(text.slice(0, caret)) ?? []
  if (whole === undefined) return null
  const fitting = names.filter(({ path }) => fits(path.slice(2), typed.toLowerCase()))
  return fitting.length === 0 ? null : { ...allAt(caret, fitting), from: caret - whole.length }
}

/** All names, to be put in at the caret. */
export function allAt(caret: number, names: readonly Name[]): Completing {
  return { from: caret, names: names.slice(0, MOST), hidden: Math.max(0, names.length - MOST) }
}

function fits(path: string, typed: string): boolean {
  const lower = path.toLowerCase()
  return lower.startsWith(typed) || lower.includes(`.${typed}`)
}

function isQuoted(before: string): boolean {
  let quote = ''
  for (let i = 0; i < before.length; i++) {
    const letter = before[i] as string
    if (quote !== '' && letter === '\\') i++
    else if (letter === quote) quote = ''
    else if (quote === '' && (letter === '"' || letter === "'")) quote = letter
  }
  return quote !== ''
}
