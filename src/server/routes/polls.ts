import type { Context } from 'hono'
import type { PollCommand } from '../../engine/engine.ts'
import { json } from '../answer.ts'
import type { ApiRequest } from '../operations.ts'
import { NO_SUCH_POLL, type Problem, problem } from '../problem.ts'
import { endedWithin } from './ended-within.ts'
import { idempotencyKey } from './idempotency-key.ts'
import { pollVariables } from './named-variables.ts'
import { readPollBody } from './poll-body.ts'
import { oneOf, pageLimit, waitMs, wholeNumber } from './query.ts'
import { refusalOf } from './refusal.ts'

const STATUSES = ['RUNNING', 'PAUSED', 'COMPLETED', 'FAILED', 'CANCELED'] as const

/** `POST /polls`: 201 once the poll is kept; 200 with the first answer for a key that was used before. */
export async function submitPoll(request: ApiRequest): Promise<Response> {
  const { context, engine, egress, wakeTokens } = request
  const { text, ...poll } = await readPollBody(context, egress)
  const variables = await pollVariables(request, text)
  const key = idempotencyKey(context)
  const result = await engine.submit({ ...poll, variables, idempotency: key === null ? null : { key, text } })
  if (!('poll' in result)) return problem(context, refusalOf(result) as Problem)
  const location = `/api/v1/polls/${result.poll.id}`
  const answer = { ...result.poll, wakeToken: wakeTokens.of(result.poll.id) }
  return json(answer, result.kind === 'accepted' ? 201 : 200, { location })
}

/** `GET /polls`: newest first; `next` is the `cursor` of the next page. */
export async function listPolls({ context, engine }: ApiRequest): Promise<Response> {
  const page = await engine.list({
    status: oneOf(context, 'status', STATUSES),
    before: wholeNumber(context, 'cursor', 1),
    limit: pageLimit(context),
  })
  return json({ polls: page.polls, next: page.next === null ? null : String(page.next) })
}

/** `GET /polls/{id}`: with `?wait=30s`, as soon as it has ended, or then. */
export async function getPoll({ context, engine, stopping }: ApiRequest): Promise<Response> {
  const id = context.req.param('id') as string
  const signal = AbortSignal.any([stopping, context.req.raw.signal])
  const watched = { read: () => engine.get(id), watch: (tell: () => void) => engine.watch(id, tell) }
  const poll = await endedWithin(watched, { waitMs: waitMs(context), signal })
  return poll === null ? problem(context, NO_SUCH_POLL) : json(poll)
}

/** `GET /polls/{id}/attempts`: in order; `next` is the `cursor` of the next page. */
export async function listAttempts({ context, engine }: ApiRequest): Promise<Response> {
  const limit = pageLimit(context)
  const query = { after: wholeNumber(context, 'cursor', 0) ?? 0, limit: limit + 1, kind: 'attempt' }
  const found = await engine.events(context.req.param('id') as string, query)
  if (found === null) return problem(context, NO_SUCH_POLL)
  const page = found.slice(0, limit)
  const next = found.length > limit ? String(page.at(-1)?.number) : null
  return json({ attempts: page.map(({ data, folded }) => ({ ...JSON.parse(data), folded })), next })
}

/** `GET /polls/{id}/attempts/{iteration}`: one attempt with its answer. */
export async function getAttempt({ context, engine }: ApiRequest): Promise<Response> {
  const iteration = iterationOf(context)
  const found = iteration && (await engine.attempt(context.req.param('id') as string, iteration))
  return found === null ? problem(context, NO_SUCH_ATTEMPT) : json(found)
}

/** The number of an attempt in the path; null where it is none. */
export function iterationOf(context: Context): number | null {
  const text = context.req.param('iteration') as string
  return /^[1-9]\d{0,14}$/.test(text) ? Number(text) : null
}

/** `POST /polls/{id}/{cancel|pause|resume|now}`: answered once it is kept. */
export function command(name: PollCommand) {
  return async ({ context, engine, caller }: ApiRequest): Promise<Response> => {
    const result = await engine.command(context.req.param('id') as string, name, `by ${caller.name}`)
    if (result.kind === 'unknown') return problem(context, NO_SUCH_POLL)
    if (result.kind === 'refused') return problem(context, { ...CONFLICT, detail: result.reason })
    return json(result.poll)
  }
}

/** `POST /polls/try`: one attempt, judged; nothing is kept. */
export async function tryPoll(request: ApiRequest): Promise<Response> {
  const { context, engine, egress } = request
  const { task, text } = await readPollBody(context, egress)
  const trial = await engine.tryOnce(task, await pollVariables(request, text))
  return trial === null ? problem(context, TOO_MANY_TRIALS) : json(trial)
}

const TOO_MANY_TRIALS: Problem = {
  status: 429,
  kind: 'too-many-trials',
  title: 'Too many are tried at once',
  headers: { 'retry-after': '1' },
}
export const NO_SUCH_ATTEMPT: Problem = { status: 404, kind: 'not-found', title: 'There is no such attempt' }
export const CONFLICT: Problem = {
  status: 409,
  kind: 'wrong-state',
  title: 'The poll is in no state for that',
}
