import type { Criteria } from '../core/condition.ts'
import { InvalidTaskError } from '../core/errors.ts'
import type { PollTask } from '../core/task.ts'
import type { CompileOptions } from './compile-options.ts'
import { ConditionError } from './condition-error.ts'
import { defaultSuccess } from './default-success.ts'

/**
 * Compiles the conditions of a task. CEL is loaded only where a condition is given.
 * @throws InvalidTaskError that names the field of each condition that does not compile.
 */
export async function compileCriteria(task: PollTask, options: CompileOptions = {}): Promise<Criteria> {
  const { success, failure, pending } = task.exitCriteria
  if (success === null && failure === null && pending === null && task.progress === null) {
    return {
      success: defaultSuccess,
      failure: null,
      pending: null,
      progress: null,
    }
  }
  compiler ??= await import('./compile.ts')
  const { compileCondition, compileNumber } = compiler
  const problems: InvalidTaskError['problems'][number][] = []
  const compile = <T>(
    path: string,
    source: string | null,
    make: (source: string, options: CompileOptions) => T,
  ) => {
    if (source === null) return null
    try {
      return make(source, options)
    } catch (error) {
      if (!(error instanceof ConditionError)) throw error
      problems.push({ path, message: error.message, hint: null })
      return null
    }
  }
  const criteria = {
    success: compile('exitCriteria.success', success, compileCondition) ?? defaultSuccess,
    failure: compile('exitCriteria.failure', failure, compileCondition),
    pending: compile('exitCriteria.pending', pending, compileCondition),
    progress: compile('progress', task.progress, compileNumber),
  }
  if (problems.length > 0) throw new InvalidTaskError(problems)
  return criteria
}

/** An import that is awaited anew for each of many polls costs more than what they share. */
let compiler: typeof import('./compile.ts') | null = null
