import { useState } from 'react'
import type { PollTask as Task } from '../../../src/core/task.ts'
import type { TaskView } from '../api/executions.ts'
import type { AttemptView, LedgerEntry } from '../api/polls.ts'
import { AttemptDetail } from '../poll/attempt-detail.tsx'
import { AttemptList } from '../poll/attempt-list.tsx'
import { Criteria } from '../poll/criteria.tsx'
import { Observed } from '../poll/observed.tsx'
import { Timeline } from '../poll/timeline.tsx'
import { Waiting } from '../poll/waiting.tsx'
import { count } from '../words.ts'

interface Polled {
  readonly view: TaskView
  /** The run that it belongs to is. */
  readonly isPaused: boolean
  readonly attempts: readonly LedgerEntry[]
}

/** A Poll task of a run, as a poll of its own is shown: why it still waits, its conditions, its attempts. */
export function PollTask({ view: { inputs, poll, startedAt }, isPaused, attempts }: Polled) {
  if (inputs === null || startedAt === null) return null
  const task = inputs as unknown as Task
  const status = isPaused ? 'PAUSED' : 'RUNNING'
  return (
    <div className="poll-task">
      {poll !== null && (
        <Waiting poll={{ ...poll, task, status }} attempts={attempts} size={attempts.length} />
      )}
      <Criteria task={task} last={poll?.last ?? attempts.at(-1) ?? null} />
      {attempts.length > 0 && <Attempts task={task} startedAt={Date.parse(startedAt)} attempts={attempts} />}
      {poll !== null && <Observed observed={poll.observed} />}
    </div>
  )
}

interface Made {
  readonly task: Task
  readonly startedAt: number
  readonly attempts: readonly LedgerEntry[]
}

function Attempts({ task, startedAt, attempts }: Made) {
  const [chosen, setChosen] = useState<number | null>(null)
  const size = attempts.length
  const index = Math.min(chosen ?? size - 1, size - 1)
  const attempt = attempts[index]
  return (
    <section className="card" aria-label="Attempts">
      <h2>{count(size, 'attempt')}</h2>
      <Timeline attempts={attempts} size={size} chosen={index} onChoose={setChosen} />
      <div className="attempts-and-one">
        <AttemptList attempts={attempts} size={size} chosen={index} onChoose={setChosen} />
        {attempt && (
          <AttemptDetail
            attempt={attempt}
            task={task}
            startedAt={startedAt}
            answer={notKept(attempt)}
            before={null}
          />
        )}
      </div>
    </section>
  )
}

/** What came back in the attempts of a pipeline's task is kept only as its output. */
function notKept(attempt: LedgerEntry): AttemptView {
  return { attempt, folded: 0, response: null, isKept: false }
}
