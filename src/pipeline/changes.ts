import { ROLLBACK, type RunPath } from './run.ts'
import type { RunState, TaskRun } from './run-state.ts'

/** A task whose status is another one than before. */
export interface TaskChange {
  readonly path: RunPath
  readonly status: TaskRun['status']
  readonly message: string
}

/** What has become of the tasks of a run, and of the runs inside it, since an earlier state; null for the first. */
export function taskChanges(before: RunState | null, run: RunState): TaskChange[] {
  const earlier = new Map(tasksIn(before).map(({ path, task }) => [path.join(' > '), task.status]))
  return tasksIn(run).flatMap(({ path, task: { status, message } }) =>
    earlier.get(path.join(' > ')) === status ? [] : [{ path, status, message }],
  )
}

function tasksIn(run: RunState | null, prefix: RunPath = []): { path: RunPath; task: TaskRun }[] {
  if (run === null) return []
  const own = Object.entries(run.tasks).flatMap(([key, task]) => {
    const path = [...prefix, key]
    return [{ path, task }, ...tasksIn(task.child, path)]
  })
  return [...own, ...(run.rollback ? tasksIn(run.rollback.run, [...prefix, ROLLBACK]) : [])]
}
