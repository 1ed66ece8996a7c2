import { pathText, type TaskAttempt } from '../../engine/execution-attempt.ts'
import type { ExecutionCommand, NewExecution } from '../../engine/executions.ts'
import { json } from '../answer.ts'
import type { ApiRequest } from '../operations.ts'
import { checkSources, type KeptPipeline } from '../pipeline-catalog.ts'
import { type Problem, ProblemError, problem } from '../problem.ts'
import { readJsonObject } from '../request-body.ts'
import { EXECUTION_STATUSES } from '../schemas/execution.ts'
import { endedWithin } from './ended-within.ts'
import { executionEngine } from './execution-engine.ts'
import { idempotencyKey } from './idempotency-key.ts'
import { IN_PIPELINES, namedVariables } from './named-variables.ts'
import { misfit, NO_SUCH_PIPELINE } from './pipelines.ts'
import { iterationOf, NO_SUCH_ATTEMPT } from './polls.ts'
import { oneOf, pageLimit, waitMs, wholeNumber } from './query.ts'
import { refusalOf } from './refusal.ts'

const MOST_INPUTS = 200
const LONGEST_INPUT = 64 * 1024

/** `POST /pipelines/{name}/executions`: 202 once the execution is kept; the same for a key that was used before. */
export async function startExecution(request: ApiRequest): Promise<Response> {
  const { context, pipelines } = request
  const pipeline = await pipelines.get(context.req.param('name') as string)
  if (pipeline === null) return problem(context, NO_SUCH_PIPELINE)
  const { text, body } = await readJsonObject(context)
  const key = idempotencyKey(context)
  const idempotency = key === null ? null : { key, text: `${pipeline.name}\n${text}` }
  const start = { ...(await prepared(request, pipeline, body)), idempotency }
  const result = await executionEngine(request).start(start)
  if (!('execution' in result)) return problem(context, refusalOf(result) as Problem)
  const { executionId, executionIndex } = result.execution
  const executionLink = `/api/v1/executions/${executionId}`
  return json({ executionId, executionLink, executionIndex }, 202, { location: executionLink })
}

type Started = Omit<NewExecution, 'idempotency'>

async function prepared(
  request: ApiRequest,
  pipeline: KeptPipeline,
  body: Readonly<Record<string, unknown>>,
): Promise<Started> {
  const { caller, pipelines } = request
  const { sources } = await pipelines.check(pipeline)
  const variables = await namedVariables(request, Object.values(sources), IN_PIPELINES)
  const { pipelines: found, problems } = checkSources(sources, {
    variables: Object.keys(variables),
  })
  const errors = problems.filter(({ severity, rule }) => severity === 'error' || rule === 'unknown-pipeline')
  if (errors.length > 0) throw new ProblemError(misfit(errors))
  const definition = found.get(pipeline.name)
  if (definition === undefined || !definition.enabled) throw new ProblemError(DISABLED)
  const comments = body.comments ?? ''
  if (typeof comments !== 'string' || comments.length > LONGEST_INPUT)
    throw invalid('/comments', 'expected a text')
  const input = inputsOf(body.input ?? {})
  const names = Object.keys(definition.input)
  for (const name of Object.keys(input))
    if (!names.includes(name))
      throw invalid(`/input/${name}`, `the pipeline has no such input; it has: ${names.join(', ') || 'none'}`)
  for (const name of definition.mandatoryInputs)
    if (!(input[name] ?? definition.input[name]))
      throw invalid(`/input/${name}`, 'is mandatory, and was not given')
  return { pipeline: pipeline.name, sources, variables, input, requestBy: caller.name, comments }
}

function inputsOf(given: unknown): Readonly<Record<string, string>> {
  if (given === null || typeof given !== 'object' || Array.isArray(given))
    throw invalid('/input', 'expected an object of texts')
  const entries = Object.entries(given)
  if (entries.length > MOST_INPUTS) throw invalid('/input', `at most ${MOST_INPUTS} inputs`)
  for (const [name, value] of entries) {
    if (typeof value !== 'string') throw invalid(`/input/${name}`, 'expected a text')
    if (value.length > LONGEST_INPUT) throw invalid(`/input/${name}`, `at most ${LONGEST_INPUT} characters`)
  }
  return given as Record<string, string>
}

/** `GET /executions`: newest first. */
export async function listExecutions(request: ApiRequest): Promise<Response> {
  const { context } = request
  const { runs, next } = await executionEngine(request).listRuns({
    kind: 'execution',
    status: oneOf(context, 'status', EXECUTION_STATUSES),
    name: context.req.query('pipeline') ?? null,
    text: null,
    before: wholeNumber(context, 'cursor', 1),
    limit: pageLimit(context),
  })
  return json({ executions: runs, next: next === null ? null : String(next) })
}

/** `GET /executions/{id}`: with `?wait=30s`, as soon as it has ended, or then. */
export async function getExecution(request: ApiRequest): Promise<Response> {
  const { context, engine, stopping } = request
  const { get } = executionEngine(request)
  const id = context.req.param('id') as string
  const signal = AbortSignal.any([stopping, context.req.raw.signal])
  const found = await endedWithin(
    { read: () => get(id), watch: (listener) => engine.watch(id, listener) },
    { waitMs: waitMs(context), signal },
  )
  return found === null ? problem(context, NO_SUCH_EXECUTION) : json(found)
}

/** `POST /executions/{id}/{cancel|pause|resume}`: answered once it is kept. */
export function executionCommand(name: ExecutionCommand) {
  return async (request: ApiRequest): Promise<Response> => {
    const { context, caller } = request
    const result = await executionEngine(request).command(
      context.req.param('id') as string,
      name,
      `by ${caller.name}`,
    )
    if (result.kind === 'unknown') return problem(context, NO_SUCH_EXECUTION)
    if (result.kind === 'refused') return problem(context, { ...CONFLICT, detail: result.reason })
    return json(result.execution)
  }
}

/** `GET /executions/{id}/attempts`: of its Poll tasks, in order; with `?task=`, of one. */
export async function listExecutionAttempts(request: ApiRequest): Promise<Response> {
  const { context, engine } = request
  const id = context.req.param('id') as string
  if ((await executionEngine(request).get(id)) === null) return problem(context, NO_SUCH_EXECUTION)
  const limit = pageLimit(context)
  const task = context.req.query('task') ?? null
  const attempts: object[] = []
  let after = wholeNumber(context, 'cursor', 0) ?? 0
  for (;;) {
    const events = (await engine.events(id, { after, limit: limit + 1, kind: 'attempt' })) ?? []
    for (const { number, data, folded } of events) {
      const { path, entry } = JSON.parse(data) as TaskAttempt
      const isWanted = task === null || pathText(path) === task
      if (isWanted && attempts.length === limit) return json({ attempts, next: String(after) })
      if (isWanted) attempts.push({ task: pathText(path), ...entry, folded })
      after = number
    }
    if (events.length <= limit) return json({ attempts, next: null })
  }
}

/** `GET /executions/{id}/attempts/{iteration}`: one attempt with its answer, of the task that `?task=` names. */
export async function getExecutionAttempt(request: ApiRequest): Promise<Response> {
  const { context } = request
  const iteration = iterationOf(context)
  const task = context.req.query('task') ?? null
  const id = context.req.param('id') as string
  const found = iteration && (await executionEngine(request).attempt(id, { task, iteration }))
  return found === null ? problem(context, NO_SUCH_ATTEMPT) : json(found)
}

function invalid(pointer: string, detail: string): ProblemError {
  return new ProblemError({ ...MISFIT, errors: [{ pointer, detail }] })
}

const MISFIT = { status: 422, kind: 'invalid-execution', title: 'The pipeline cannot be started so' } as const
const DISABLED: Problem = {
  status: 409,
  kind: 'disabled',
  title: 'The pipeline is disabled, so it is not started',
}
const CONFLICT: Problem = { status: 409, kind: 'wrong-state', title: 'The execution is in no state for that' }
export const NO_SUCH_EXECUTION: Problem = {
  status: 404,
  kind: 'unknown-execution',
  title: 'There is no such execution',
}
