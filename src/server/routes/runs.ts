import type { RunKind, RunStatus } from '../../store/store.ts'
import { json } from '../answer.ts'
import type { ApiRequest } from '../operations.ts'
import { EXECUTION_STATUSES, RUN_KINDS } from '../schemas/execution.ts'
import { POLL_STATUSES } from '../schemas/poll.ts'
import { executionEngine } from './execution-engine.ts'
import { oneOf, pageLimit, wholeNumber, wrong } from './query.ts'

const STATUSES = [...new Set([...POLL_STATUSES, ...EXECUTION_STATUSES])]

/** `GET /runs`: polls and executions together, newest first. */
export async function listRuns(request: ApiRequest): Promise<Response> {
  const { context } = request
  const pipeline = context.req.query('pipeline') ?? null
  const kind = pipeline === null ? runKind(context.req.query('kind')) : 'execution'
  const { runs, next } = await executionEngine(request).listRuns({
    kind,
    status: oneOf(context, 'status', STATUSES) as RunStatus | null,
    name: pipeline ?? context.req.query('name') ?? null,
    text: context.req.query('text') || null,
    before: wholeNumber(context, 'cursor', 1),
    limit: pageLimit(context),
  })
  return json({ runs, next: next === null ? null : String(next) })
}

function runKind(text: string | undefined): RunKind | null {
  if (text === undefined) return null
  const kind = RUN_KINDS.find((one) => one === text)
  if (kind === undefined) throw wrong('kind', `one of ${RUN_KINDS.join(', ')}`)
  return kind
}
