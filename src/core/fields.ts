import * as v from 'valibot'

/** Ten years. */
export const MAX_SECONDS = 10 * 365 * 86_400
const NUMERIC = /^\s*\d+(\.\d+)?\s*$/

/** A number or a numeric string, as files spell it. */
export const numeric = v.pipe(
  v.union(
    [v.number(), v.pipe(v.string(), v.regex(NUMERIC), v.transform(Number))],
    'expected a number or a numeric string',
  ),
  v.finite('expected a finite number'),
)
/** A whole number of at least `low`. */
export const integer = (low: number) =>
  v.pipe(numeric, v.integer('expected a whole number'), v.minValue(low, `must be at least ${low}`))
/** A span of time above 0, in seconds. */
export const seconds = v.pipe(
  numeric,
  v.gtValue(0, 'must be above 0'),
  v.maxValue(MAX_SECONDS, `must be at most ${MAX_SECONDS}`),
)
/** An empty text is no condition, as in exported files. */
export const condition = v.pipe(
  v.nullable(v.string('expected a condition as text')),
  v.transform((text) => (text === null || text.trim() === '' ? null : text)),
)
/** An HTTP token (RFC 9110, 5.6.2). */
export const TOKEN = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/
/** Header fields by name. */
export const headers = v.record(
  v.pipe(v.string(), v.regex(TOKEN, "a header name holds letters, digits and !#$%&'*+.^_`|~- only")),
  v.pipe(
    v.union([v.string(), v.pipe(v.number(), v.transform(String)), v.pipe(v.boolean(), v.transform(String))]),
    v.check((value) => !/[\r\n\0]/.test(value), 'a header value must not hold a line break or NUL'),
  ),
)
