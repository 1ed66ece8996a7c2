import { systemClock } from '../../engine/system-clock.ts'
import { json } from '../answer.ts'
import type { ApiRequest } from '../operations.ts'
import { NO_SUCH_POLL, type Problem, problem } from '../problem.ts'

/** `POST /polls/{id}/wake`: by the poll's own token. It asks now; what it is answered alone decides. */
export async function wakePoll({ context, engine, wakeTokens }: ApiRequest): Promise<Response> {
  const id = context.req.param('id') as string
  const [scheme, bearer] = (context.req.header('authorization') ?? '').split(' ')
  const token = scheme?.toLowerCase() === 'bearer' ? bearer : context.req.query('token')
  if (!token || !wakeTokens.fits(id, token)) return problem(context, NO_WAKE_TOKEN)
  const poll = await engine.get(id)
  if (poll === null) return problem(context, NO_SUCH_POLL)
  if (poll.endedAt !== null) return json({ id, status: poll.status })
  if (!wakeTokens.mayWake(id, systemClock.now())) return problem(context, TOO_SOON)
  const result = await engine.command(id, 'now', 'by its wake token')
  if (result.kind === 'unknown') return problem(context, NO_SUCH_POLL)
  if (result.kind === 'refused') return problem(context, { ...NOT_NOW, detail: result.reason })
  return json({ id, status: result.poll.status })
}

const NO_WAKE_TOKEN: Problem = {
  status: 401,
  kind: 'no-wake-token',
  title: "The poll's own token is needed",
  detail:
    'It is the wakeToken of the answer to its submission: send it as Authorization: Bearer TOKEN, or as ?token=.',
  headers: { 'www-authenticate': 'Bearer' },
}
const TOO_SOON: Problem = {
  status: 429,
  kind: 'woken-too-soon',
  title: 'It was woken a moment ago',
  headers: { 'retry-after': '1' },
}
const NOT_NOW: Problem = { status: 409, kind: 'wrong-state', title: 'The poll is in no state for that' }
