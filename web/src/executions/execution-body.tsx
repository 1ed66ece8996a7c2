import { useState } from 'react'
import type { ExecutionView, TaskView } from '../api/executions.ts'
import { Picture, type TaskNow } from '../pipelines/picture.tsx'
import { RunStatus } from '../run-status.tsx'
import { TaskDetail } from './task-detail.tsx'
import type { TaskAttempts } from './use-live-execution.ts'

interface Shown {
  readonly execution: ExecutionView
  /** By which it is reached from the run that is looked at; empty for that one. */
  readonly path: readonly string[]
  readonly attempts: TaskAttempts
  readonly title: string
  /** Where it is not, no task of it is shown: the eye is on another run of the page. */
  readonly isActive: boolean
  /** Called when a task of it is chosen. */
  readonly onActivate: (() => void) | null
}

/** The picture of a run with the task that is chosen in it, and the run that rolls it back. */
export function ExecutionBody({ execution, path, attempts, title, isActive, onActivate }: Shown) {
  const [chosen, setChosen] = useState<string | null>(null)
  const { shape, stages, rollback } = execution
  const tasks = tasksOf(execution)
  const [isInRollback, setInRollback] = useState(false)
  const shown = isActive && !isInRollback ? (chosen ?? mostTelling(tasks)) : null
  const choose = (key: string) => {
    setChosen(key)
    setInRollback(false)
    onActivate?.()
  }
  const task = shown === null ? undefined : tasks[shown]
  const isNested = path.length > 0
  return (
    <>
      {isNested && (
        <div className="heading nested">
          <h2>{title}</h2>
          <RunStatus status={execution.status} />
          <span className="quiet">{execution.statusMessage}</span>
        </div>
      )}
      {!isNested && <h2 className="hidden">Stages and tasks</h2>}
      <Picture
        shape={shape}
        label={`Picture of ${title}`}
        tasks={Object.fromEntries(Object.entries(tasks).map(([key, one]) => [key, nowOf(one)]))}
        stages={Object.fromEntries(Object.entries(stages).map(([name, { status }]) => [name, status]))}
        chosen={shown}
        onChoose={choose}
      />
      {shown !== null && task !== undefined && (
        <TaskDetail
          key={shown}
          name={shown}
          task={task}
          path={path}
          attempts={attempts}
          isPaused={execution.status === 'PAUSED'}
        />
      )}
      {rollback !== null && (
        <ExecutionBody
          execution={rollback}
          path={[...path, 'rollback']}
          attempts={attempts}
          title={`Rollback by ${rollback.name}`}
          isActive={isActive && isInRollback}
          onActivate={() => {
            setInRollback(true)
            onActivate?.()
          }}
        />
      )}
    </>
  )
}

function tasksOf({ stages }: ExecutionView): Record<string, TaskView> {
  const all = Object.entries(stages).flatMap(([stage, { tasks }]) =>
    Object.entries(tasks).map(([name, task]) => [`${stage}.${name}`, task] as const),
  )
  return Object.fromEntries(all)
}

/** What to look at first: what failed, else what runs, else the first. */
function mostTelling(tasks: Readonly<Record<string, TaskView>>): string | null {
  const keys = Object.keys(tasks)
  const having = (status: string) => keys.find((key) => tasks[key]?.status === status)
  return having('FAILED') ?? having('RUNNING') ?? keys[0] ?? null
}

function nowOf({ status, poll }: TaskView): TaskNow {
  const isPolling = poll !== null && status === 'RUNNING'
  return { status, note: isPolling ? `${poll.iterationCount} of ${poll.pollCount}` : null }
}
