import type { Context } from 'hono'
import { ProblemError } from '../problem.ts'

const UNITS: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000 }
/** Longer waits are cut: what lies between may drop a connection on which nothing comes. */
const LONGEST_WAIT_MS = 60_000
const LARGEST_PAGE = 500
const PAGE = 50

/** `?wait=30s` in milliseconds; 0 without it. */
export function waitMs(context: Context): number {
  const text = context.req.query('wait')
  if (text === undefined) return 0
  const [, digits, unit] = /^(\d+(?:\.\d+)?)(ms|s|m)$/.exec(text) ?? []
  if (digits === undefined || unit === undefined) throw wrong('wait', 'a time, as in 30s')
  return Math.min(LONGEST_WAIT_MS, Number(digits) * (UNITS[unit] as number))
}

/** `?limit=`: 50 by default, 500 at most. */
export function pageLimit(context: Context): number {
  return Math.min(LARGEST_PAGE, wholeNumber(context, 'limit', 1) ?? PAGE)
}

/** A whole number of at least `low`; null where it is not given. */
export function wholeNumber(context: Context, name: string, low: number): number | null {
  const text = context.req.query(name)
  if (text === undefined) return null
  if (!/^\d{1,15}$/.test(text) || Number(text) < low) throw wrong(name, `a whole number of at least ${low}`)
  return Number(text)
}

/** One of a list; null where it is not given. */
export function oneOf<T extends string>(context: Context, name: string, values: readonly T[]): T | null {
  const text = context.req.query(name)
  if (text === undefined) return null
  const value = values.find((one) => one.toLowerCase() === text.toLowerCase())
  if (value === undefined) throw wrong(name, `one of ${values.join(', ')}`)
  return value
}

/** What is said of a parameter that does not fit. */
export function wrong(name: string, expected: string): ProblemError {
  const title = 'A parameter of the query does not fit'
  return new ProblemError({
    status: 400,
    kind: 'invalid-query',
    title,
    detail: `${name}: expected ${expected}`,
  })
}
