import type { Context } from 'hono'
import * as v from 'valibot'
import { InvalidTaskError } from '../../core/errors.ts'
import { fieldProblem } from '../../core/task.ts'
import { type Webhook, webhookSchema } from '../../engine/webhook.ts'
import type { EgressGuard } from '../../http/egress.ts'
import { targetOf } from '../../http/egress.ts'
import { readJsonObject } from '../request-body.ts'

const LONGEST_NAME = 200
const MOST_HEADERS = 100
/** As the compiler has it. */
const LONGEST_CONDITION = 4096

export interface PollBody {
  readonly text: string
  readonly name: string | null
  readonly task: Readonly<Record<string, unknown>>
  readonly webhook: Webhook | null
}

/** A task as JSON, with a `name` beside its fields. @throws ProblemError, InvalidTaskError */
export async function readPollBody(context: Context, egress: EgressGuard): Promise<PollBody> {
  const { text, body } = await readJsonObject(context)
  return { text, ...pollOf(body, egress) }
}

/** A task with a `name` beside its fields, checked as far as a server has rules of its own. @throws InvalidTaskError */
export function pollOf(
  { name = null, webhook = null, ...task }: Readonly<Record<string, unknown>>,
  egress: EgressGuard,
): Omit<PollBody, 'text'> {
  if (name !== null && (typeof name !== 'string' || name.length > LONGEST_NAME))
    throw invalid('name', `expected a text of at most ${LONGEST_NAME} characters`)
  refuseTooMuch(task)
  refuseForbidden('url', task.url, egress)
  return { name, task, webhook: webhook === null ? null : webhookOf(webhook, egress) }
}

function webhookOf(input: unknown, egress: EgressGuard): Webhook {
  const result = v.safeParse(webhookSchema, input)
  if (!result.success)
    throw new InvalidTaskError(
      result.issues.map((issue) => {
        const { path, ...said } = fieldProblem(issue, 'a webhook')
        return { ...said, path: `webhook.${path}` }
      }),
    )
  refuseForbidden('webhook.url', result.output.url, egress)
  return result.output
}

/** @throws InvalidTaskError */
export function refuseTooMuch({ headers, exitCriteria, progress }: PollBody['task']): void {
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
function refuseForbidden(path: string, url: unknown, egress: EgressGuard): void {
  if (typeof url !== 'string' || !URL.canParse(url)) return
  const reason = egress(targetOf(new URL(url)))
  if (reason !== null) throw invalid(path, `must not be asked: ${reason}`)
}

function invalid(path: string, message: string): InvalidTaskError {
  return new InvalidTaskError([{ path, message, hint: null }])
}

function isObject(value: unknown): value is object {
  return value !== null && typeof value === 'object'
}
