import type { Context } from 'hono'
import { ProblemError } from '../problem.ts'

/** Tells by the `ETag` of what is there, null for nothing, whether it may be replaced. */
export type Precondition = (etag: string | null) => boolean

/** What `If-Match` and `If-None-Match` ask for (RFC 9110, 13.1); null where neither was sent. */
export function preconditionOf(context: Context): Precondition | null {
  const wanted = tagsIn(context, 'if-match')
  // A weak tag says too little for `If-Match`, and enough for `If-None-Match`.
  const unwanted = tagsIn(context, 'if-none-match')?.map((tag) => tag.replace(/^W\//, '')) ?? null
  if (wanted === null && unwanted === null) return null
  return (etag) =>
    (wanted === null || isNamed(etag, wanted)) && (unwanted === null || !isNamed(etag, unwanted))
}

function isNamed(etag: string | null, tags: readonly string[]): boolean {
  return etag !== null && (tags.includes('*') || tags.includes(etag))
}

const TAG = '(?:W/)?"[\\x21\\x23-\\x7e\\x80-\\xff]*"'
const TAGS = new RegExp(`^\\s*(?:\\*|${TAG}(?:\\s*,\\s*${TAG})*)\\s*$`)

function tagsIn(context: Context, name: string): string[] | null {
  const text = context.req.header(name)
  if (text === undefined) return null
  if (!TAGS.test(text))
    throw new ProblemError({
      status: 400,
      kind: 'invalid-header',
      title: `${name} is * or entity tags in quotes`,
    })
  return text.trim() === '*' ? ['*'] : (text.match(new RegExp(TAG, 'g')) ?? [])
}
