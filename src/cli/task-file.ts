import type { PathStep } from '../binding/path.ts'
import { renderProblem } from '../pipeline/problem.ts'
import { type Finding, readSource } from '../pipeline/source-file.ts'
import { readNamedFile } from './read-file.ts'
import { LocatedProblems } from './usage-error.ts'

/** The fields of a task as a file gives them, and where each of them stands. */
export interface TaskSource {
  readonly input: Readonly<Record<string, unknown>>
  /** `task.yaml:3:14: error: ...`, with the line and a caret; `path` starts at the task's fields. */
  describe(problem: Pick<Finding, 'path' | 'message' | 'hint' | 'spot'>): string
}

/** A task out of a YAML or JSON file: the keys of a POLL task's `input`, or a task that has it. */
export function readTaskFile(path: string): TaskSource {
  const { documents, problems } = readSource(path === '-' ? 'stdin' : path, readNamedFile('--file', path))
  if (problems.length > 0) throw new LocatedProblems(problems.map(renderProblem))
  const [document, second] = documents
  const fields = fieldsOf(document?.data)
  if (document === undefined || fields === null || second !== undefined) {
    const message = second
      ? 'one task is polled, but the file holds several'
      : 'expected the keys of a poll task, such as url'
    throw new LocatedProblems([`${path === '-' ? 'stdin' : path}:1:1: error: ${message}`])
  }
  const describe = ({ path, ...said }: Pick<Finding, 'path' | 'message' | 'hint' | 'spot'>) =>
    renderProblem(
      document.locate({ severity: 'error', rule: 'task', ...said, path: [...fields.path, ...path] }),
    )
  if (isObject(document.data) && 'stages' in document.data) {
    const message = 'this is a pipeline, not one poll task'
    throw new LocatedProblems([describe({ path: ['stages'], spot: { kind: 'key' }, message, hint: null })])
  }
  return { input: fields.input, describe }
}

function fieldsOf(data: unknown): { input: Record<string, unknown>; path: readonly PathStep[] } | null {
  if (!isObject(data)) return null
  return isObject(data.input) ? { input: data.input, path: ['input'] } : { input: data, path: [] }
}

function isObject(value: unknown): value is Record<string, unknown> {
  return value !== null && typeof value === 'object' && !Array.isArray(value)
}
