import type { Context } from 'hono'
import { InvalidTaskError } from '../../core/errors.ts'
import type { EgressGuard } from '../../http/egress.ts'
import { targetOf } from '../../http/egress.ts'
import { readJsonObject } from '../request-body.ts'

const LONGEST_NAME = 200
const MOST_HEADERS = 100
const LONGEST_CONDITION = 10_000

export interface PollBody {
  readonly text: string
  readonly name: string | null
  readonly task: Readonly<Record<string, unknown>>
}

/** A task as JSON, with a `name` beside its fields. @throws ProblemError, InvalidTaskError */
export async function readPollBody(context: Context, egress: EgressGuard): Promise<PollBody> {
  const { text, body } = await readJsonObject(context)
  return { text, ...pollOf(body, egress) }
}

/** A task with a `name` beside its fields, checked as far as a server has rules of its own. @throws InvalidTaskError */
export function pollOf(
  { name = null, ...task }: Readonly<Record<string, unknown>>,
  egress: EgressGuard,
): Omit<PollBody, 'text'> {
  if (name !== null && (typeof name !== 'string' || name.length > LONGEST_NAME))
    throw invalid('name', `expected a text of at most ${LONGEST_NAME} characters`)
  refuseTooMuch(task)
  refuseForbidden(task.url, egress)
  return { name, task }
}

function refuseTooMuch({ headers, exitCriteria, progress }: PollBody['task']): void {
  if (isObject(headers) && Object.keys(headers).length > MOST_HEADERS)
    throw invalid('headers', `at most ${MOST_HEADERS} headers`)
  const conditions = [
    ...Object.entries(isObject(exitCriteria) ? exitCriteria : {}).map(([key, value]) => [
      `exitCriteria.${key}`,
      value,
    ]),
    ['progress', progress],
  ] as const
  for (const [path, source] of conditions)
    if (typeof source === 'string' && source.length > LONGEST_CONDITION)
      throw invalid(path as string, `at most ${LONGEST_CONDITION} characters`)
}

/** What can be told before a name is looked up is told at once; the connector holds the rest to the same rules. */
function refuseForbidden(url: unknown, egress: EgressGuard): void {
  if (typeof url !== 'string' || !URL.canParse(url)) return
  const reason = egress(targetOf(new URL(url)))
  if (reason !== null) throw invalid('url', `must not be asked: ${reason}`)
}

function invalid(path: string, message: string): InvalidTaskError {
  return new InvalidTaskError([{ path, message, hint: null }])
}

function isObject(value: unknown): value is object {
  return value !== null && typeof value === 'object'
}
