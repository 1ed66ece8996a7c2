import { createHash } from 'node:crypto'
import { systemClock } from '../../engine/system-clock.ts'
import type { Pipeline } from '../../pipeline/definition.ts'
import { pipelineShape } from '../../pipeline/picture.ts'
import type { Problem as TextProblem } from '../../pipeline/problem.ts'
import { json } from '../answer.ts'
import type { ApiRequest } from '../operations.ts'
import { checkSources, type KeptPipeline } from '../pipeline-catalog.ts'
import { type Problem, ProblemError, problem } from '../problem.ts'
import { readText } from '../request-body.ts'
import { preconditionOf } from './precondition.ts'

const TYPES = ['application/yaml', 'application/json', 'text/yaml', 'application/x-yaml']
const LARGEST_TEXT = 1024 * 1024
const LONGEST_NAME = 200

/** `PUT /pipelines/{name}`: 201 for a new one, 200 for another text; every problem of the text otherwise. */
export async function putPipeline(request: ApiRequest): Promise<Response> {
  const { context, pipelines } = request
  const isWanted = preconditionOf(context)
  const name = context.req.param('name') as string
  const text = await readText(context, TYPES, LARGEST_TEXT)
  if (name.length > LONGEST_NAME) return problem(context, { ...TOO_LONG })
  const { problems, names } = await checked(request, name, text)
  if (problems.some(({ severity }) => severity === 'error')) throw new ProblemError(misfit(problems))
  if (names.length !== 1 || names[0] !== name) return problem(context, otherName(name, names))
  const known = await pipelines.get(name)
  const kept = { name, text, updatedAt: systemClock.now() }
  if (isWanted === null) await pipelines.put(kept)
  else if (!(await pipelines.replace(kept, (there) => isWanted(there && etagOf(there)))))
    return problem(context, CHANGED)
  const shown = { ...versionOf(kept), name, problems: problems.map(placed) }
  return json(shown, known === null ? 201 : 200, {
    location: `/api/v1/pipelines/${encodeURIComponent(name)}`,
  })
}

/** When it was kept, and the tag by which it is replaced only where it still is that one. */
function versionOf(pipeline: KeptPipeline) {
  return { updatedAt: new Date(pipeline.updatedAt).toISOString(), etag: etagOf(pipeline) }
}

function etagOf({ text, updatedAt }: KeptPipeline): string {
  return `"${createHash('sha256').update(`${updatedAt} ${text}`).digest('base64url').slice(0, 22)}"`
}

/** `POST /pipelines/check`: what `PUT` would say of a text; nothing is kept. */
export async function checkPipeline(request: ApiRequest): Promise<Response> {
  const text = await readText(request.context, TYPES, LARGEST_TEXT)
  const { problems } = await checked(request, 'text', text)
  return json({ problems: problems.map(placed) })
}

/** `GET /pipelines`: by name. */
export async function listPipelines({ engine, pipelines }: ApiRequest): Promise<Response> {
  const kept = await pipelines.list()
  const rows = await Promise.all(
    kept.map(async (pipeline) => {
      const { name, updatedAt } = pipeline
      const page = await engine.executions?.listRuns({ ...LAST, name })
      const [last] = page?.runs ?? []
      return {
        ...headOf(pipeline, definitionOf(pipeline)),
        updatedAt: new Date(updatedAt).toISOString(),
        lastExecution: last ? { executionId: last.id, status: last.status, startedAt: last.startedAt } : null,
      }
    }),
  )
  return json({ pipelines: rows })
}

const LAST = { kind: 'execution', status: null, text: null, before: null, limit: 1 } as const

/** `GET /pipelines/{name}`: its text, what it takes, and its picture. */
export async function getPipeline({ context, pipelines }: ApiRequest): Promise<Response> {
  const found = await pipelines.get(context.req.param('name') as string)
  if (found === null) return problem(context, NO_SUCH_PIPELINE)
  const version = versionOf(found)
  const pipeline = definitionOf(found)
  const shown = {
    ...headOf(found, pipeline),
    ...version,
    text: found.text,
    input: pipeline?.input ?? {},
    inputMeta: pipeline?.inputMeta ?? {},
    shape: pipeline === null ? { stages: [], rollbacks: [] } : pipelineShape(pipeline),
  }
  return json(shown, 200, { etag: version.etag })
}

/** `DELETE /pipelines/{name}`: executions that have begun go on. */
export async function removePipeline({ context, pipelines }: ApiRequest): Promise<Response> {
  const isGone = await pipelines.remove(context.req.param('name') as string)
  return isGone ? context.body(null, 204) : problem(context, NO_SUCH_PIPELINE)
}

function headOf({ name }: KeptPipeline, pipeline: Pipeline | null) {
  return {
    name,
    description: pipeline?.description ?? '',
    enabled: pipeline?.enabled ?? false,
    concurrency: pipeline?.concurrency ?? 1,
  }
}

/** Null where this version cannot read what another one took. */
function definitionOf({ name, text }: KeptPipeline): Pipeline | null {
  return checkSources({ [name]: text }).pipelines.get(name) ?? null
}

/** The problems of one text, checked together with those that it calls. */
async function checked({ pipelines, variables }: ApiRequest, name: string, text: string) {
  const known = (await variables.list()).map((variable) => variable.name)
  const options = { variables: known, mayVariablesCome: true }
  const checked = await pipelines.check({ name, text }, options)
  const isCalled = (other: string) => other !== name && Object.hasOwn(checked.sources, other)
  return {
    problems: checked.problems.filter(({ file }) => file === name),
    names: [...checked.pipelines.keys()].filter((other) => !isCalled(other)),
  }
}

function placed({ severity, rule, message, hint, line, column }: TextProblem) {
  return { pointer: null, severity, rule, message, hint, line, column }
}

/** The answer to a text that cannot be run. */
export function misfit(problems: readonly TextProblem[]): Problem {
  return { ...MISFIT, errors: problems.map(placed) }
}

function otherName(name: string, names: readonly string[]): Problem {
  const found = names.length === 0 ? 'none' : names.map((one) => `'${one}'`).join(', ')
  return { ...OTHER_NAME, detail: `The path names '${name}', the text: ${found}. One pipeline a request.` }
}

const CHANGED: Problem = {
  status: 412,
  kind: 'changed-meanwhile',
  title: 'What is there is not what was to be replaced',
  detail: 'Read it again: somebody else has changed, added or removed it. Nothing was kept.',
}
const MISFIT = { status: 422, kind: 'invalid-pipeline', title: 'The pipeline does not fit' } as const
const OTHER_NAME = { status: 422, kind: 'other-name', title: 'The text is not that pipeline' } as const
const TOO_LONG: Problem = {
  status: 422,
  kind: 'name-too-long',
  title: `A name has at most ${LONGEST_NAME} characters`,
}
export const NO_SUCH_PIPELINE: Problem = {
  status: 404,
  kind: 'unknown-pipeline',
  title: 'There is no such pipeline',
}
