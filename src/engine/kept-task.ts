import { type PollTask, parsePollTask } from '../core/task.ts'
import { fillInPoll } from '../pipeline/fill-in-poll.ts'
import type { Variable } from './executions.ts'

/** A Poll task as engines keep it, with its variables filled in as they were when it was taken. */
export interface KeptTask extends PollTask {
  /** What of them was hidden: masked wherever it could come out. */
  readonly secrets?: readonly string[]
}

/** @throws InvalidTaskError with every problem. */
export function keptTaskOf(input: unknown, variables: Readonly<Record<string, Variable>> = {}): KeptTask {
  if (input === null || typeof input !== 'object') return parsePollTask(input)
  const values = Object.entries(variables).map(([name, { value }]) => [name, value] as const)
  const { task, used } = fillInPoll(input as Readonly<Record<string, unknown>>, Object.fromEntries(values))
  const secrets = used.flatMap((name) => {
    const { kind, value } = variables[name] as Variable
    return kind === 'REGULAR' ? [] : [value]
  })
  return withSecrets(parsePollTask(task), secrets)
}

/** A task with the secrets that it holds. */
export function withSecrets(task: PollTask, secrets: readonly string[] = []): KeptTask {
  return secrets.length === 0 ? task : { ...task, secrets }
}
