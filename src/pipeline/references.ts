import { BindingError, type PathStep } from '../binding/path.ts'
import { type Binding, bindingsIn } from '../binding/template.ts'
import { didYouMean } from '../core/did-you-mean.ts'
import type { Order, Place } from './order.ts'
import type { PipelineFile, TaskType } from './schema.ts'
import type { Finding } from './source-file.ts'

/** What a run says of itself: `${executionId}`. */
export const RUN_NAMES = [
  'name',
  'executionId',
  'executionIndex',
  'executionUrl',
  'requestBy',
  'comments',
  'description',
  'status',
  'statusMessage',
] as const

const SCOPES = ['input', 'var', 'output'] as const

/** The outputs of each type that has a fixed list of them. */
export const OUTPUT_NAMES: Partial<Readonly<Record<TaskType, readonly string[]>>> = {
  POLL: [
    'status',
    'iterationCount',
    'pollCount',
    'expectedResponse',
    'responseHeaders',
    'responseBody',
    'interval',
    'processedUrl',
    'responseJson',
    'inputHeaders',
    'responseCode',
  ],
  REST: ['status', 'responseHeaders', 'responseBody', 'responseJson', 'responseCode'],
}

/** What a reference can be held against. */
export interface KnownNames {
  readonly file: PipelineFile
  readonly order: Order
  /** Null for a type that is not run here. */
  typeOf(stage: string, task: string): TaskType | null
  /** Names of variables, where they are known. */
  readonly variables: readonly string[] | null
  /** Others may be there by the time that it runs. */
  readonly mayVariablesCome: boolean
}

/** A text of the file that may hold bindings. */
export interface BoundText {
  readonly text: string
  readonly path: readonly PathStep[]
  /** The task that it belongs to; null for what is read when the run has ended. */
  readonly owner: { readonly stage: string; readonly task: string } | null
  /** It is read once its own task has ended, as a notification is. */
  readonly afterOwner?: boolean
  /** Exit criteria: a path that is not the run's is the response's. */
  readonly overResponse?: boolean
}

/** True for a `${...}` of exit criteria that is the run's, not the response's. */
export function isRunBinding(stages: readonly string[], steps: readonly PathStep[]): boolean {
  const [scope, , last] = steps
  if ((scope === 'input' || scope === 'var') && steps.length > 1) return true
  if (last !== 'output' && last !== 'status') return false
  return stages.includes(String(scope)) || (last === 'output' && !/^response|^previous$/.test(String(scope)))
}

/** Whatever a text refers to that is not there, or not yet. */
export function checkReferences(bound: BoundText, known: KnownNames): Finding[] {
  try {
    const stages = Object.keys(known.file.stages)
    return bindingsIn(bound.text)
      .filter(({ steps }) => !bound.overResponse || isRunBinding(stages, steps))
      .flatMap((binding) => checkBinding(binding, bound, known))
  } catch (error) {
    if (!(error instanceof BindingError)) throw error
    const { message, hint, offset } = error
    return [
      {
        severity: 'error',
        rule: 'binding',
        message,
        hint,
        path: bound.path,
        spot: { kind: 'offset', offset },
      },
    ]
  }
}

interface Fault {
  readonly message: string
  readonly hint: string | null
  readonly severity?: Finding['severity']
}

function checkBinding({ steps, source, offset }: Binding, bound: BoundText, known: KnownNames): Finding[] {
  const fault = faultOf(steps, bound, known)
  if (fault === null) return []
  return [
    {
      severity: 'error',
      rule: 'unknown-reference',
      ...fault,
      message: `${source.replace(/\s+/g, ' ')}: ${fault.message}`,
      path: bound.path,
      spot: { kind: 'offset', offset },
    },
  ]
}

function faultOf(steps: readonly PathStep[], bound: BoundText, known: KnownNames): Fault | null {
  const [scope, name] = steps.map(String) as [string, string?]
  const { file, variables, mayVariablesCome } = known
  if (scope === 'input')
    return faultIn('input', name, isGitInput(file, name) ? null : Object.keys(file.input))
  if (scope === 'output') return faultIn('output', name, Object.keys(file.output))
  if (scope === 'var') {
    const fault = faultIn('variable', name, variables)
    return fault && name !== undefined && mayVariablesCome ? { ...fault, severity: 'warning' } : fault
  }
  if (Object.hasOwn(file.stages, scope)) return taskFault(steps, bound, known)
  if (steps.length === 1 && (RUN_NAMES as readonly string[]).includes(scope)) return null
  const names = [...(steps.length === 1 ? RUN_NAMES : [...SCOPES, ...Object.keys(file.stages)])]
  const message =
    steps.length > 2
      ? `there is no stage ${scope}`
      : `'${scope}' is neither a scope, a stage nor a value of the run`
  return { message, hint: didYouMean(scope, names) ?? `there are: ${names.join(', ')}` }
}

function faultIn(what: string, name: string | undefined, names: readonly string[] | null): Fault | null {
  if (name === undefined) return { message: `the name of the ${what} is missing`, hint: null }
  if (names === null || names.includes(name)) return null
  const remedy =
    what === 'variable'
      ? `give it by --var ${name}=..., or at a server by: bide variable set ${name}`
      : names.length > 0
        ? listOf(names)
        : `declare it under ${what}:`
  return { message: `there is no ${what} ${name}`, hint: didYouMean(name, names) ?? remedy }
}

/** A Git trigger brings its inputs along; the file does not list them. */
function isGitInput({ options }: PipelineFile, name: string | undefined): boolean {
  return name?.startsWith('GIT_') === true && options.includes('GIT_TRIGGER')
}

function taskFault(steps: readonly PathStep[], bound: BoundText, known: KnownNames): Fault | null {
  const [stage, task, part, output] = steps.map(String) as [string, string?, string?, string?]
  const all = known.file.stages[stage]?.tasks ?? {}
  if (task === undefined || !Object.hasOwn(all, task)) {
    const tasks = namesOf(all)
    if (task === undefined) return { message: 'the name of the task is missing', hint: listOf(tasks) }
    return { message: `stage ${stage} has no task ${task}`, hint: didYouMean(task, tasks) ?? listOf(tasks) }
  }
  if (part !== 'output' && part !== 'status') {
    return {
      message: `a task has output and status, not ${part ?? 'a value of its own'}`,
      hint: `\${${stage}.${task}.output...}`,
    }
  }
  const order = orderFault({ stage, task }, bound, known)
  if (order !== null) return { message: order, hint: 'refer to a task of an earlier step' }
  const type = known.typeOf(stage, task)
  const outputs = type && OUTPUT_NAMES[type]
  if (part === 'status' || output === undefined || !outputs || outputs.includes(output)) return null
  const severity = bound.owner === null ? 'warning' : 'error'
  return {
    message: `a ${type} task has no output ${output}`,
    hint: didYouMean(output, outputs) ?? listOf(outputs),
    severity,
  }
}

function orderFault(
  target: { stage: string; task: string },
  bound: BoundText,
  { order }: KnownNames,
): string | null {
  const there = order.placeOf(target.stage, target.task)
  const name = `${target.stage}.${target.task}`
  if (there === null) return `${name} never runs`
  const here = bound.owner && order.placeOf(bound.owner.stage, bound.owner.task)
  if (!bound.owner || !here) return null
  if (bound.owner.stage === target.stage && bound.owner.task === target.task) {
    return bound.afterOwner ? null : `${name} is this task itself, which has no output yet`
  }
  const distance = compare(there, here)
  if (distance === 0) return `${name} runs beside this task, so it may not have ended`
  return distance > 0 ? `${name} runs later than this task` : null
}

function compare(a: Place, b: Place): number {
  return a.stage - b.stage || a.step - b.step
}

const names = new WeakMap<object, readonly string[]>()

/** A file may refer to a stage of many tasks as often as it has tasks. */
function namesOf(map: object): readonly string[] {
  const known = names.get(map) ?? Object.keys(map)
  names.set(map, known)
  return known
}

function listOf(names: readonly string[]): string {
  return names.length === 0 ? 'there is none' : `there are: ${names.slice(0, 12).join(', ')}`
}
