import { formatPath, lookUp, type PathStep } from '../binding/path.ts'
import { type Lookup, renderText } from '../binding/render.ts'
import { bindingsIn, parseTemplate } from '../binding/template.ts'
import type { Facts } from '../core/condition.ts'
import { BideError } from '../core/errors.ts'
import type { Redactor } from '../core/redact.ts'
import type { Pipeline } from './definition.ts'
import type { RunState } from './run-state.ts'
import type { TaskEnv } from './task-run.ts'

/** What a run stands on and does not change. */
export interface RunContext {
  /** By name: the one that runs, and all that it may run. */
  readonly pipelines: ReadonlyMap<string, Pipeline>
  /** Values by name; those that are secret are known to the redactor. */
  readonly variables: Readonly<Record<string, string>>
  readonly redactor: Redactor
  /** Where people can look at a run. */
  readonly executionUrl?: (executionId: string) => string
}

/** @throws BideError where the context has no pipeline of that name. */
export function pipelineOf(context: RunContext, name: string): Pipeline {
  const pipeline = context.pipelines.get(name)
  if (pipeline === undefined) throw new BideError('state-mismatch', `there is no pipeline '${name}'`)
  return pipeline
}

/** What `${...}` stands for in a run as it is now. */
export function scopeOf(context: RunContext, run: RunState): Lookup {
  const pipeline = pipelineOf(context, run.pipeline)
  const ofRun: Readonly<Record<string, unknown>> = {
    name: run.pipeline,
    executionId: run.executionId,
    executionIndex: run.executionIndex,
    executionUrl: context.executionUrl?.(run.executionId) ?? '',
    requestBy: run.requestBy,
    comments: run.comments,
    description: pipeline.description,
    status: run.status,
    statusMessage: run.statusMessage,
  }
  const lookup: Lookup = (steps) => {
    const [scope, ...rest] = steps
    if (scope === 'input') return lookUp(run.input, rest)
    if (scope === 'var') return lookUp(context.variables, rest)
    if (scope === 'output') return run.output ? lookUp(run.output, rest) : undefined
    return steps.length === 1 ? lookUp(ofRun, steps) : ofTask(run, steps)
  }
  return lookup
}

/** What a task of a run is started and answered with. */
export function envOf(context: RunContext, run: RunState, now: number): TaskEnv {
  return { lookup: scopeOf(context, run), redactor: context.redactor, now }
}

function ofTask({ tasks }: RunState, [stage, name, part, ...path]: readonly PathStep[]): unknown {
  const task = Object.hasOwn(tasks, `${stage}.${name}`) ? tasks[`${stage}.${name}`] : undefined
  if (part === 'status') return task?.status ?? 'NOT_STARTED'
  if (part !== 'output' || task === undefined) return undefined
  const isIntoBody = path[0] === 'responseBody' && path.length > 1
  return lookUp(task.output, isIntoBody ? ['responseJson', ...path.slice(1)] : path)
}

/** The values of all bindings of a condition, under the names that its facts have them by. */
export function bindingValues(source: string, lookup: Lookup): Readonly<Record<string, unknown>> {
  const values = bindingsIn(source).map(({ steps }) => [formatPath(steps), lookup(steps)] as const)
  return Object.fromEntries(values.filter(([, value]) => value !== undefined))
}

/** What a condition over the run alone may look at. */
export function runFacts(source: string, lookup: Lookup): Facts {
  return {
    responseCode: null,
    responseHeaders: {},
    responseBody: '',
    responseJson: undefined,
    iterationCount: 0,
    elapsedSeconds: 0,
    previous: null,
    bindings: bindingValues(source, lookup),
  }
}

/** The pipeline's output: a lone binding keeps its type, and one that has no value is null. */
export function pipelineOutput(pipeline: Pipeline, lookup: Lookup): Readonly<Record<string, unknown>> {
  const entries = Object.entries(pipeline.output).map(([name, template]) => [
    name,
    outputValue(template, lookup),
  ])
  return Object.fromEntries(entries)
}

function outputValue(template: string, lookup: Lookup): unknown {
  const [only, ...more] = parseTemplate(template.trim())
  if (only?.kind === 'binding' && more.length === 0) return lookup(only.steps) ?? null
  return renderText(template, (steps) => lookup(steps) ?? null)
}
