import { formatPath, type PathStep } from '../../../src/binding/path.ts'

/** The binding that gives a value of a task's output. */
export function bindingOf(task: string, path: readonly PathStep[]): string {
  const [stage = '', ...rest] = task.split('.')
  return `\${${formatPath([stage, rest.join('.'), 'output', ...path])}}`
}
