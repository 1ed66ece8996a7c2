import type { Context } from 'hono'
import { type Problem, ProblemError } from './problem.ts'

const LARGEST_BODY = 1024 * 1024
/** Deeper JSON is of no use here, and what walks it would run out of stack. */
const DEEPEST = 64

/** The body as text. @throws ProblemError where it is of another type, or too large. */
export async function readText(
  { req }: Context,
  types: readonly string[],
  largest = LARGEST_BODY,
): Promise<string> {
  const [type = ''] = (req.header('content-type') ?? '').split(';')
  if (!types.includes(type.trim().toLowerCase()))
    throw new ProblemError({ ...WRONG_TYPE, title: `Send it as ${types.join(' or ')}` })
  if (Number(req.header('content-length') ?? 0) > largest) throw new ProblemError(tooLarge(largest))
  const chunks: Uint8Array[] = []
  let length = 0
  // Broken off at the limit: what a header says of the length need not be so.
  for await (const chunk of (req.raw.body ?? []) as AsyncIterable<Uint8Array>) {
    length += chunk.length
    if (length > largest) throw new ProblemError(tooLarge(largest))
    chunks.push(chunk)
  }
  return Buffer.concat(chunks).toString('utf8')
}

/** The body as a JSON object, and its text. @throws ProblemError */
export async function readJsonObject(
  context: Context,
  types: readonly string[] = ['application/json'],
): Promise<{ readonly text: string; readonly body: Readonly<Record<string, unknown>> }> {
  const text = await readText(context, types)
  return { text, body: jsonObject(text) }
}

/** A text of JSON as an object. @throws ProblemError */
export function jsonObject(text: string): Readonly<Record<string, unknown>> {
  const body = parsed(text)
  if (body === null || typeof body !== 'object' || Array.isArray(body)) throw new ProblemError(NO_OBJECT)
  if (!isShallow(body, DEEPEST)) throw new ProblemError(TOO_DEEP)
  return body as Record<string, unknown>
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}

function isShallow(value: unknown, depth: number): boolean {
  if (value === null || typeof value !== 'object') return true
  return depth > 0 && Object.values(value).every((inner) => isShallow(inner, depth - 1))
}

const WRONG_TYPE = { status: 415, kind: 'wrong-type' } as const
const NO_OBJECT: Problem = { status: 400, kind: 'invalid-json', title: 'The body is no JSON object' }
const TOO_DEEP: Problem = {
  status: 400,
  kind: 'too-deep',
  title: 'The JSON is nested too deep',
  detail: `At most ${DEEPEST} levels.`,
}

function tooLarge(largest: number): Problem {
  return {
    status: 413,
    kind: 'too-large',
    title: 'The request is too large',
    detail: `At most ${largest} bytes.`,
    headers: { connection: 'close' },
  }
}
