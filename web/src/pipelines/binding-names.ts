import { formatPath } from '../../../src/binding/path.ts'
import { OUTPUT_NAMES, RUN_NAMES } from '../../../src/pipeline/references.ts'
import { taskType } from '../../../src/pipeline/shape.ts'

/** What may stand within `${...}`, and what it is. */
export interface BindingName {
  readonly path: string
  readonly says: string
  /** What is meant more often comes first. */
  readonly rank: number
}

/** The parts of a pipeline's file that names come from; any of them may be missing or amiss as one types. */
interface Loose {
  readonly input?: unknown
  readonly _inputMeta?: unknown
  readonly stageOrder?: unknown
  readonly stages?: unknown
}

/** Every binding that a task may use; `owner` is the task that it is typed in, or null outside of tasks. */
export function bindingNames(
  file: unknown,
  variables: readonly string[],
  owner: { readonly stage: string; readonly task: string } | null,
): BindingName[] {
  const { input, _inputMeta, stageOrder, stages } = mapOf(file) as Loose
  const inputs = new Set([...Object.keys(mapOf(input)), ...Object.keys(mapOf(_inputMeta))])
  return [
    ...[...inputs].map((name) => ({ path: formatPath(['input', name]), says: 'input', rank: 3 })),
    ...variables.map((name) => ({ path: formatPath(['var', name]), says: 'variable', rank: 2 })),
    ...tasksBefore(textsOf(stageOrder), mapOf(stages), owner).flatMap(taskNames),
    ...RUN_NAMES.map((path) => ({ path, says: 'of the run', rank: 0 })),
  ]
}

interface Found {
  readonly stage: string
  readonly task: string
  readonly type: string
}

function taskNames({ stage, task, type }: Found): BindingName[] {
  const known = taskType(type)
  const outputs = known === null ? [] : (OUTPUT_NAMES[known] ?? ['outputProperties'])
  const of = (...parts: string[]) => formatPath([stage, task, ...parts])
  return [
    { path: of('status'), rank: 1, says: `status of a ${type} task` },
    ...(outputs.length === 0 ? [{ path: of('output'), rank: 1, says: `output of a ${type} task` }] : []),
    ...outputs.map((name) => ({ path: of('output', name), rank: 1, says: `output of a ${type} task` })),
  ]
}

/** Tasks of the steps that have ended when the owner begins; all tasks where there is none. */
function tasksBefore(
  order: readonly string[],
  stages: Readonly<Record<string, unknown>>,
  owner: { readonly stage: string; readonly task: string } | null,
): Found[] {
  const found: Found[] = []
  for (const stage of order) {
    const { taskOrder, tasks } = mapOf(stages[stage]) as { taskOrder?: unknown; tasks?: unknown }
    for (const step of textsOf(taskOrder)) {
      const names = step.split(',').map((name) => name.trim())
      if (owner?.stage === stage && names.includes(owner.task)) return found
      for (const task of names) {
        const { type } = mapOf(mapOf(tasks)[task]) as { type?: unknown }
        if (typeof type === 'string') found.push({ stage, task, type })
      }
    }
  }
  return found
}

function mapOf(value: unknown): Readonly<Record<string, unknown>> {
  return value !== null && typeof value === 'object' && !Array.isArray(value)
    ? (value as Readonly<Record<string, unknown>>)
    : {}
}

function textsOf(value: unknown): string[] {
  return Array.isArray(value) ? value.map(String) : []
}
