import type { LedgerEntry, PollView } from '../api/polls.ts'
import { useNow } from '../now.ts'
import { clock, count, countdown, fullTime, waitWords } from '../words.ts'
import { longestEndAt, progressEndAt } from './projection.ts'

interface Known {
  readonly poll: PollView
  readonly attempts: readonly LedgerEntry[]
  readonly size: number
}

/** Why it is still waiting, and until when. */
export function Waiting({ poll, attempts, size }: Known) {
  const isPaused = poll.status === 'PAUSED'
  return (
    <section className="card why" aria-labelledby="why">
      <h2 id="why">{isPaused ? 'Paused' : 'Why it is still waiting'}</h2>
      <p className="reason">{whyNot(poll)}</p>
      <dl className="facts">
        <div>
          <dt>Attempt</dt>
          <dd className="tabular">
            {poll.iterationCount} of {poll.task.pollCount}
          </dd>
        </div>
        <div>
          <dt>Next attempt</dt>
          <dd>
            {poll.nextAttemptAt === null ? (
              'none until it is resumed'
            ) : (
              <Next poll={poll} at={poll.nextAttemptAt} />
            )}
          </dd>
        </div>
        <div>
          <dt>Until when</dt>
          <dd>
            <UntilWhen poll={poll} />
          </dd>
        </div>
      </dl>
      {poll.progress !== null && <Progress poll={poll} attempts={attempts} size={size} />}
    </section>
  )
}

function whyNot({ last, task }: PollView): string {
  if (last === null)
    return task.initialDelaySeconds > 0 ? 'No attempt has been made yet.' : 'The first attempt is being made.'
  if (last.verdict === 'succeeded')
    return `The success condition held; it has to hold ${task.successThreshold} times in a row.`
  const seen = Object.entries(last.values).map(([name, value]) => `${name} is ${value}`)
  const saw = seen.length === 0 ? '' : `: ${seen.join(', ')}`
  return `The last answer: ${last.reason}${saw}.`
}

function Next({ poll, at }: { poll: PollView; at: string }) {
  const left = Date.parse(at) - useNow()
  return (
    <>
      <span className="tabular big">{left <= 0 ? 'now' : `in ${countdown(left)}`}</span>
      <span className="quiet"> {poll.waitReason && `because ${waitWords(poll.waitReason, poll.task)}`}</span>
    </>
  )
}

function UntilWhen({ poll }: { poll: PollView }) {
  const left = poll.task.pollCount - poll.iterationCount
  const end = longestEndAt(poll)
  const isDeadline = poll.deadlineAt !== null && end === Date.parse(poll.deadlineAt)
  return (
    <>
      <span className="tabular" title={end === null ? undefined : fullTime(end)}>
        {end === null ? 'open while paused' : `${isDeadline ? '' : 'about '}${clock(end)} at the latest`}
      </span>
      <span className="quiet">
        {' '}
        {isDeadline ? 'its deadline' : `when the last ${count(left, 'attempt')} would be used up`}
      </span>
    </>
  )
}

function Progress({ poll, attempts, size }: Known) {
  const value = poll.progress ?? 0
  const end = progressEndAt(attempts.slice(Math.max(0, size - 50), size))
  return (
    <div className="progress">
      <label htmlFor="progress">Progress</label>
      <progress id="progress" max={100} value={Math.min(100, value)} />
      <span className="tabular">{value}</span>
      <span className="quiet tabular">{end !== null && `at this rate done at about ${clock(end)}`}</span>
    </div>
  )
}
