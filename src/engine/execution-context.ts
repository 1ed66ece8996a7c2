import { parseTemplate } from '../binding/template.ts'
import { BideError } from '../core/errors.ts'
import { createRedactor } from '../core/redact.ts'
import { checkFiles } from '../pipeline/check.ts'
import { type Pipeline, tasksOf } from '../pipeline/definition.ts'
import { renderProblem } from '../pipeline/problem.ts'
import type { RunContext } from '../pipeline/scope.ts'
import { headerSecrets, isTelling } from './embedded/mask.ts'
import type { NewExecution } from './executions.ts'

/** What an execution stands on, as it is kept beside its state. */
export type ExecutionSources = Pick<NewExecution, 'pipeline' | 'sources' | 'variables' | 'input'>

export interface ContextOptions {
  readonly executionUrl: (executionId: string) => string
}

/** The pipelines, values and secrets of an execution. @throws BideError where a definition does not fit any more. */
export function executionContext(from: ExecutionSources, options: ContextOptions): RunContext {
  const files = Object.entries(from.sources).map(([file, text]) => ({ file, text }))
  const { pipelines, problems } = checkFiles(files, { variables: Object.keys(from.variables) })
  const [error] = problems.filter(({ severity }) => severity === 'error')
  if (error !== undefined) throw new BideError('invalid-file', renderProblem(error))
  if (!pipelines.has(from.pipeline))
    throw new BideError('invalid-file', `there is no pipeline '${from.pipeline}'`)
  const variables = Object.entries(from.variables).map(([name, { value }]) => [name, value])
  return {
    pipelines,
    variables: Object.fromEntries(variables),
    redactor: createRedactor(secretsOf(from, [...pipelines.values()])),
    executionUrl: options.executionUrl,
  }
}

/** What an execution stands on, or what of it can be shown. */
export interface FoundContext {
  readonly context: RunContext
  /** Why its definition does not fit any more, so that it cannot be carried on; null where it does. */
  readonly unfit: BideError | null
}

/** The same by `contextOf`, or what can be shown where that does not fit: how it stands, none of its stages. */
export function foundContext(
  contextOf: (from: ExecutionSources) => RunContext,
  from: ExecutionSources,
  options: ContextOptions,
): FoundContext {
  try {
    return { context: contextOf(from), unfit: null }
  } catch (error) {
    if (!(error instanceof BideError && error.code === 'invalid-file')) throw error
    return { context: unfitContext(from, options), unfit: error }
  }
}

function unfitContext(from: ExecutionSources, options: ContextOptions): RunContext {
  const names = [from.pipeline, ...Object.keys(from.sources)]
  return {
    pipelines: new Map(names.map((name) => [name, { ...NOTHING_DEFINED, name }])),
    variables: {},
    redactor: createRedactor(secretsOf(from, [])),
    executionUrl: options.executionUrl,
  }
}

const NOTHING_DEFINED: Omit<Pipeline, 'name'> = {
  description: '',
  enabled: false,
  concurrency: 1,
  input: {},
  mandatoryInputs: [],
  inputMeta: {},
  output: {},
  stages: [],
  rollbacks: [],
  webhooks: [],
}

/** Hidden variables, what stands in clear in headers of a definition, and inputs that go into headers that tell. */
function secretsOf({ variables, input }: ExecutionSources, pipelines: readonly Pipeline[]): string[] {
  const hidden = Object.values(variables).filter(({ kind }) => kind !== 'REGULAR')
  const headers = pipelines
    .flatMap(tasksOf)
    .flatMap((task) => (task.type === 'POLL' || task.type === 'REST' ? [task.input.headers] : []))
  const literal = headers.flatMap((all) =>
    headerSecrets(Object.fromEntries(Object.entries(all).filter(([, text]) => isLiteral(text)))),
  )
  const bound = new Set(headers.flatMap(inputsInTellingHeaders))
  const inputs = pipelines.flatMap((pipeline) => Object.entries({ ...pipeline.input, ...input }))
  const given = inputs.filter(([name]) => bound.has(name)).map(([, value]) => value)
  return [...hidden.map(({ value }) => value), ...literal, ...given]
}

function isLiteral(text: string): boolean {
  return parseTemplate(text).every(({ kind }) => kind === 'text')
}

/** `Authorization: Bearer ${input.token}` makes the input a secret. */
function inputsInTellingHeaders(headers: Readonly<Record<string, string>>): string[] {
  return Object.entries(headers).flatMap(([name, text]) => {
    if (!isTelling(name)) return []
    return parseTemplate(text).flatMap((part) =>
      part.kind === 'binding' && part.steps[0] === 'input' && part.steps.length === 2
        ? [String(part.steps[1])]
        : [],
    )
  })
}
