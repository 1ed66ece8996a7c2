import type { TaskView } from '../api/executions.ts'
import type { LedgerEntry } from '../api/polls.ts'
import { Took } from '../pipelines/executions.tsx'
import { RunStatus } from '../run-status.tsx'
import { clock, fullTime } from '../words.ts'
import { ExecutionBody } from './execution-body.tsx'
import { PathFinder } from './path-finder.tsx'
import { PollTask } from './poll-task.tsx'
import type { TaskAttempts } from './use-live-execution.ts'
import { ValueTree } from './value-tree.tsx'

interface Chosen {
  /** `Stage.Task`. */
  readonly name: string
  readonly task: TaskView
  /** Of the run that it belongs to. */
  readonly path: readonly string[]
  readonly attempts: TaskAttempts
  /** That run, and so its tasks. */
  readonly isPaused: boolean
}

const NONE: readonly LedgerEntry[] = []

/** A chosen task of a run: how it went, what it was given, and what it gave. */
export function TaskDetail({ name, task, path, attempts, isPaused }: Chosen) {
  const own = [...path, name]
  const id = `task-${own.join('-').replace(/\W/g, '_')}`
  const inputs = given(task.inputs ?? {})
  const hasInputs = Object.keys(inputs).length > 0
  const hasOutput = Object.keys(task.output).length > 0
  return (
    <section className="card task-detail" aria-labelledby={id}>
      <div className="heading">
        <h2 id={id}>{name}</h2>
        <RunStatus status={task.status} />
        <span className="kind quiet">{task.type}</span>
        {task.startedAt !== null && (
          <span className="quiet tabular" title={fullTime(task.startedAt)}>
            from {clock(task.startedAt)}, <Took startedAt={task.startedAt} endedAt={task.endedAt} />
          </span>
        )}
      </div>
      {task.message !== '' && <p className="task-message">{task.message}</p>}
      {task.type === 'POLL' && (
        <PollTask
          view={task}
          polled={{ kind: 'task', id: attempts.executionId, task: own.join(' > ') }}
          isPaused={isPaused}
          attempts={attempts.byTask[own.join(' > ')] ?? NONE}
        />
      )}
      {task.execution !== null && (
        <ExecutionBody
          execution={task.execution}
          path={own}
          attempts={attempts}
          title={`Run of ${task.execution.name}`}
          isActive
          onActivate={null}
        />
      )}
      <div className="in-and-out">
        <div role="group" aria-label="Inputs">
          <h3>Inputs</h3>
          {hasInputs ? (
            <ValueTree values={inputs} />
          ) : (
            <p className="quiet">{task.status === 'NOT_STARTED' ? 'It has not started yet.' : 'None.'}</p>
          )}
        </div>
        <div role="group" aria-label="Outputs">
          <h3>Outputs</h3>
          {hasOutput ? (
            <PathFinder task={name} output={task.output} />
          ) : (
            <p className="quiet">{task.endedAt === null ? 'None so far.' : 'None.'}</p>
          )}
        </div>
      </div>
    </section>
  )
}

/** Without what was left out. */
function given(inputs: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return JSON.parse(JSON.stringify(inputs, (_, value) => (value === null ? undefined : value)))
}
