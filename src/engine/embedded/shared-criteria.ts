import { compileCriteria } from '../../condition/criteria.ts'
import type { Criteria } from '../../core/condition.ts'
import type { PollTask } from '../../core/task.ts'

/** The compiled conditions of a task. @throws InvalidTaskError */
export type CriteriaOf = (task: PollTask) => Promise<Criteria>

const KEPT = 1000

/** Many polls have the same conditions: they are compiled once. */
export function sharedCriteria(): CriteriaOf {
  const known = new Map<string, Promise<Criteria>>()
  return (task) => {
    const key = JSON.stringify([task.exitCriteria, task.progress])
    const criteria = known.get(key) ?? compileCriteria(task)
    known.delete(key)
    known.set(key, criteria)
    criteria.catch(() => known.delete(key))
    if (known.size > KEPT) known.delete(known.keys().next().value as string)
    return criteria
  }
}
