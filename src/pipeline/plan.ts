import type { PathStep } from '../binding/path.ts'
import { type Lookup, renderText } from '../binding/render.ts'
import { bindingsIn, parseTemplate } from '../binding/template.ts'
import { renderUrl } from '../binding/url.ts'
import { BideError } from '../core/errors.ts'
import type { Pipeline, Task } from './definition.ts'
import { longestPipelineSeconds, longestStepSeconds, longestTaskSeconds } from './longest.ts'
import { pipelineOf, type RunContext } from './scope.ts'

/** What a pipeline would do: nothing is sent. Bindings that are not known yet stay as written; secrets are masked. */
export interface PipelinePlan {
  readonly name: string
  readonly input: Readonly<Record<string, string>>
  readonly stages: readonly StagePlan[]
  readonly rollbacks: readonly RollbackPlan[]
  readonly output: Readonly<Record<string, string>>
  /** Rollbacks, and pauses that a server asks for, come on top. */
  readonly longestSeconds: number
}

export interface StagePlan {
  readonly name: string
  /** One after another; the tasks of one step side by side. */
  readonly steps: readonly { readonly tasks: readonly TaskPlan[]; readonly longestSeconds: number }[]
}

export interface RequestPlan {
  readonly method: string
  readonly url: string
  readonly headers: Readonly<Record<string, string>>
  readonly payload: string | null
}

/** A run of another pipeline when a stage, or one task of it, has failed. */
export interface RollbackPlan {
  readonly stage: string
  readonly task: string | null
  readonly pipeline: string
  readonly longestSeconds: number
}

interface TaskPlanBase {
  readonly name: string
  /** Where it does not hold, the task is SKIPPED. */
  readonly preCondition: string | null
  readonly continueOnFailure: boolean
  /** Why the task would fail before it sends anything. */
  readonly problem: string | null
  readonly longestSeconds: number
}

export interface PollPlan extends TaskPlanBase {
  readonly type: 'POLL'
  readonly request: RequestPlan
  readonly exitCriteria: Readonly<Record<'success' | 'failure' | 'pending', string | null>>
  readonly pollCount: number
  readonly pollIntervalSeconds: number
  readonly timeoutSeconds: number | null
}

export interface RestPlan extends TaskPlanBase {
  readonly type: 'REST'
  readonly request: RequestPlan
  readonly retry: { readonly count: number; readonly intervalSeconds: number } | null
}

export interface ConditionPlan extends TaskPlanBase {
  readonly type: 'CONDITION'
  readonly condition: string
}

export interface CallPlan extends TaskPlanBase {
  readonly type: 'PIPELINE'
  readonly plan: PipelinePlan
}

export type TaskPlan = PollPlan | RestPlan | ConditionPlan | CallPlan

/** What a pipeline would do with these inputs; what is not given has its default. */
export function planOf(
  context: RunContext,
  pipeline: Pipeline,
  given: Readonly<Record<string, string>> = {},
): PipelinePlan {
  const { pipelines, redactor } = context
  const input = { ...pipeline.input, ...given }
  const env: Env = { context, known: knownValues(context, pipeline, input) }
  return {
    name: pipeline.name,
    input: redactor.json(input) as Record<string, string>,
    stages: pipeline.stages.map(({ name, steps }) => ({
      name,
      steps: steps.map((step) => ({
        tasks: step.map((task) => planTask(env, task)),
        longestSeconds: longestStepSeconds(step, pipelines),
      })),
    })),
    rollbacks: pipeline.rollbacks.map(({ stage, task, pipeline: target }) => ({
      stage,
      task,
      pipeline: target,
      longestSeconds: longestPipelineSeconds(pipelineOf(context, target), pipelines),
    })),
    output: texts(env, pipeline.output),
    longestSeconds: longestPipelineSeconds(pipeline, pipelines),
  }
}

interface Env {
  readonly context: RunContext
  /** Undefined for what only the run will know. */
  readonly known: Lookup
}

function knownValues(
  { variables }: RunContext,
  pipeline: Pipeline,
  input: Readonly<Record<string, string>>,
): Lookup {
  const scopes = { input, var: variables }
  const ofRun: Readonly<Record<string, string>> = { name: pipeline.name, description: pipeline.description }
  const own = (values: Readonly<Record<string, string>>, key: PathStep | undefined) =>
    Object.hasOwn(values, String(key)) ? values[String(key)] : undefined
  return ([scope, key, ...rest]) => {
    if (scope === 'input' || scope === 'var') return rest.length === 0 ? own(scopes[scope], key) : undefined
    return key === undefined ? own(ofRun, scope) : undefined
  }
}

function planTask(env: Env, task: Task): TaskPlan {
  const { redactor, pipelines } = env.context
  const base = {
    name: task.name,
    preCondition: task.preCondition && redactor.text(task.preCondition.source),
    continueOnFailure: task.continueOnFailure,
    problem: null,
    longestSeconds: longestTaskSeconds(task, pipelines),
  }
  switch (task.type) {
    case 'POLL': {
      const { pollCount, pollIntervalSeconds, timeoutSeconds } = task.input
      const { request, problem } = planRequest(env, task.input)
      const { success = null, failure = null, pending = null } = task.input.exitCriteria
      const exitCriteria = { success: success ?? task.criteria.success.source, failure, pending }
      const { type } = task
      return { ...base, type, problem, request, exitCriteria, pollCount, pollIntervalSeconds, timeoutSeconds }
    }
    case 'REST': {
      const { action: method, url, headers, retry } = task.input
      const payload = method === 'GET' ? null : task.input.payload
      const { request, problem } = planRequest(env, { method, url, headers, payload })
      return { ...base, type: task.type, problem, request, retry }
    }
    case 'CONDITION':
      return { ...base, type: task.type, condition: redactor.text(task.condition.source) }
    case 'PIPELINE': {
      const called = pipelineOf(env.context, task.pipeline)
      const given = Object.entries(task.inputProperties).map(([name, text]) => [name, filledIn(env, text)])
      return { ...base, type: task.type, plan: planOf(env.context, called, Object.fromEntries(given)) }
    }
  }
}

type Templates = Pick<RequestPlan, 'method' | 'url' | 'headers' | 'payload'>

function planRequest(env: Env, { method, url, headers, payload }: Templates) {
  const { redactor } = env.context
  const shown = urlOf(env, url)
  const request: RequestPlan = {
    method,
    url: redactor.url(shown.url),
    headers: redactor.headers(texts(env, headers)),
    payload: payload ? redactor.text(filledIn(env, payload)) : null,
  }
  return { request, problem: shown.problem && redactor.text(shown.problem) }
}

/** As it would be sent where all of it is known; else with what is known filled in. */
function urlOf(env: Env, template: string): { url: string; problem: string | null } {
  const isKnown = bindingsIn(template).every(({ steps }) => env.known(steps) !== undefined)
  if (!isKnown) return { url: filledIn(env, template), problem: null }
  try {
    return { url: renderUrl(template, env.known), problem: null }
  } catch (error) {
    if (!(error instanceof BideError)) throw error
    return { url: renderText(template, env.known), problem: `url: ${error.message}` }
  }
}

function texts({ context, known }: Env, templates: Readonly<Record<string, string>>): Record<string, string> {
  const entries = Object.entries(templates).map(([name, text]) => [
    name,
    context.redactor.text(filledIn({ context, known }, text)),
  ])
  return Object.fromEntries(entries)
}

function filledIn({ known }: Env, template: string): string {
  return parseTemplate(template)
    .map((part) =>
      part.kind === 'text' ? part.text : String(known(part.steps) ?? part.source.replace(/\s+/g, ' ')),
    )
    .join('')
}
