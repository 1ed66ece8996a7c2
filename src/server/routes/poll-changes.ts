import { InvalidTaskError } from '../../core/errors.ts'
import { CHANGEABLE_KEYS, type PollChanges } from '../../engine/engine.ts'
import { json } from '../answer.ts'
import type { ApiRequest } from '../operations.ts'
import { NO_SUCH_POLL, problem } from '../problem.ts'
import { readJsonObject } from '../request-body.ts'
import { refuseTooMuch } from './poll-body.ts'
import { CONFLICT } from './polls.ts'

/** `PATCH /polls/{id}`: answered with the poll once the change is kept. */
export async function changePoll({ context, engine, caller }: ApiRequest): Promise<Response> {
  const { body } = await readJsonObject(context, ['application/json', 'application/merge-patch+json'])
  const keys: readonly string[] = CHANGEABLE_KEYS
  const strays = Object.keys(body).filter((key) => !keys.includes(key))
  if (strays.length > 0)
    throw new InvalidTaskError(
      strays.map((path) => ({
        path,
        message: 'cannot be changed while a poll waits',
        hint: `only ${keys.join(', ')}`,
      })),
    )
  refuseTooMuch(body)
  const result = await engine.revise(
    context.req.param('id') as string,
    body as PollChanges,
    `by ${caller.name}`,
  )
  if (result.kind === 'unknown') return problem(context, NO_SUCH_POLL)
  if (result.kind === 'refused') return problem(context, { ...CONFLICT, detail: result.reason })
  return json(result.poll)
}
