import type { Scalar } from 'yaml'

/**
 * Where in a file's own text a place in a value stands: quotes, escapes, folding and indents are stepped over.
 * `raw` is the scalar as written, from its first character; null where the two do not go together.
 */
export function scalarPlace(raw: string, { value, type }: Scalar<string>, offset: number): number | null {
  const isDouble = type === 'QUOTE_DOUBLE'
  let at = type?.startsWith('BLOCK_') ? raw.indexOf('\n') + 1 : type?.startsWith('QUOTE_') ? 1 : 0
  for (let i = 0; ; i++) {
    const char = value[i]
    const escaped = isDouble ? escapeAt(raw, at) : 0
    if (char === undefined) return i === offset ? at : null
    if (!isBlank(char) || i === offset) at = skipBlanks(raw, at, isDouble)
    if (i === offset) return at
    if (isBlank(char)) at = blankEnd(raw, at, escaped)
    else if (isDouble && raw[at] === '\\') at += escapeAt(raw, at)
    else if (raw[at] !== char) return null
    else at += type === 'QUOTE_SINGLE' && char === "'" ? 2 : 1
  }
}

/** One blank is written as itself, as an escape, or as a line break with the indent of the next line. */
function blankEnd(raw: string, at: number, escaped: number): number {
  if (escaped > 0) return at + escaped
  return isBlank(raw[at]) ? at + 1 : at
}

/** Blanks that stand in no value: indents, and what a backslash at the end of a line joins. */
function skipBlanks(raw: string, from: number, isDouble: boolean): number {
  let at = from
  while (isBlank(raw[at]) || (isDouble && raw[at] === '\\' && isBlank(raw[at + 1]) && raw[at + 1] !== ' '))
    at++
  return at
}

const ESCAPE_LENGTHS: Readonly<Record<string, number>> = { x: 4, u: 6, U: 10 }

function escapeAt(raw: string, at: number): number {
  return raw[at] === '\\' ? (ESCAPE_LENGTHS[raw[at + 1] ?? ''] ?? 2) : 0
}

function isBlank(char: string | undefined): boolean {
  return char === ' ' || char === '\n' || char === '\r' || char === '\t'
}
