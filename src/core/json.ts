import { parse, stringify } from 'lossless-json'

/** A run of 16 digits may be an integer beyond 2^53, which JSON.parse would round. */
const MAY_HOLD_BIG_INTEGER = /\d{16}/
const INTEGER = /^-?\d+$/

/**
 * Parses JSON text; a leading BOM is dropped. Integers beyond 2^53 come out as `bigint`, exactly as written;
 * every other number is a `number`. Returns `undefined` when the text is not JSON.
 */
export function parseJson(text: string): unknown {
  const clean = text.charCodeAt(0) === 0xfeff ? text.slice(1) : text
  try {
    const fast: unknown = JSON.parse(clean)
    return MAY_HOLD_BIG_INTEGER.test(clean) ? parse(clean, null, { parseNumber: exactNumber }) : fast
  } catch {
    return undefined
  }
}

/** JSON text of a value that may hold `bigint`s, as `parseJson` gives them; `space` indents. */
export function toJson(value: unknown, space?: number): string {
  try {
    return JSON.stringify(value, undefined, space) ?? 'null'
  } catch {
    return stringify(value, undefined, space) ?? 'null'
  }
}

function exactNumber(digits: string): number | bigint {
  const value = Number(digits)
  return INTEGER.test(digits) && !Number.isSafeInteger(value) ? BigInt(digits) : value
}
