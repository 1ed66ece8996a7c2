import type { PathStep } from '../binding/path.ts'
import type { Finding } from './source-file.ts'

/** The type of a task that has none that can be read; no file can spell it. */
export const NO_TYPE = '?'

/**
 * A copy of a file's data without what is wrong in it, so that the rest can be looked at in the same go. A task
 * stays in its place, as others may refer to it.
 */
export function salvage(data: object, wrong: readonly Finding[]): unknown {
  const copy = structuredClone(data) as Record<string, unknown>
  for (const { rule, path } of wrong) {
    const inTask = taskIn(copy, path)
    if (inTask && (rule === 'missing-key' || path.length === 4 || path[4] === 'type')) {
      inTask.tasks[inTask.name] = { type: NO_TYPE }
    } else if (path.length === 0 || (path.length === 1 && path[0] === 'name')) {
      copy.name = NO_TYPE
    } else remove(copy, path)
  }
  return copy
}

/** A copy of a task's input, which stands at `base`, without the keys in which something is wrong. */
export function salvageInput(input: object, wrong: readonly Finding[], base: readonly PathStep[]): unknown {
  const copy = structuredClone(input)
  for (const { path } of wrong) if (path.length > base.length) remove(copy, path.slice(base.length))
  return copy
}

function taskIn(data: unknown, [stages, stage, tasks, name]: readonly PathStep[]) {
  if (stages !== 'stages' || tasks !== 'tasks' || typeof name !== 'string') return null
  const map = at(data, ['stages', stage as PathStep, 'tasks'])
  return map === undefined ? null : { tasks: map, name }
}

function remove(data: unknown, path: readonly PathStep[]): void {
  const parent = at(data, path.slice(0, -1))
  if (parent && !Array.isArray(parent)) delete parent[path.at(-1) as string]
}

function at(data: unknown, path: readonly PathStep[]): Record<string, unknown> | undefined {
  let value = data
  for (const step of path) {
    if (value === null || typeof value !== 'object' || !Object.hasOwn(value, step)) return undefined
    value = (value as Record<PathStep, unknown>)[step]
  }
  return value !== null && typeof value === 'object' ? (value as Record<string, unknown>) : undefined
}
