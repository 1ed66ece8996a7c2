import type { PollTask as Task } from '../../../src/core/task.ts'
import type { Polled } from '../api/attempts.ts'
import type { TaskView } from '../api/executions.ts'
import type { LedgerEntry } from '../api/polls.ts'
import { Attempts } from '../poll/attempts.tsx'
import { Criteria } from '../poll/criteria.tsx'
import { Observed } from '../poll/observed.tsx'
import { CopyCommand, DownloadEvidence } from '../poll/take-away.tsx'
import { Waiting } from '../poll/waiting.tsx'

interface Shown {
  readonly view: TaskView
  readonly polled: Polled
  /** The run that it belongs to is. */
  readonly isPaused: boolean
  readonly attempts: readonly LedgerEntry[]
}

/** A Poll task of a run, as a poll of its own is shown: why it still waits, its conditions, its attempts. */
export function PollTask({ view: { inputs, poll, output, startedAt }, polled, isPaused, attempts }: Shown) {
  if (inputs === null || startedAt === null) return null
  const task = inputs as unknown as Task
  const status = isPaused ? 'PAUSED' : 'RUNNING'
  const size = attempts.length
  const made = poll?.iterationCount ?? Number(output?.iterationCount ?? 0)
  return (
    <div className="poll-task">
      <div className="commands" role="group" aria-label="Of this task">
        {!hasBindings(task) && <CopyCommand task={task} />}
        {size > 0 && <DownloadEvidence polled={polled} />}
      </div>
      {poll !== null && <Waiting poll={{ ...poll, task, status }} attempts={attempts} size={size} />}
      <Criteria task={task} last={poll?.last ?? attempts.at(-1) ?? null} />
      <Attempts
        polled={polled}
        attempts={attempts}
        size={size}
        total={Math.max(size, made)}
        isOver={poll === null}
        task={task}
        startedAt={Date.parse(startedAt)}
      />
      {poll !== null && <Observed observed={poll.observed} />}
    </div>
  )
}

/** Its conditions look at the run, which a poll by itself has not. */
function hasBindings({ exitCriteria, progress }: Task): boolean {
  return [...Object.values(exitCriteria), progress].some((source) => source?.includes('${'))
}
