import '../style/waiting.css'
import { useId } from 'react'
import type { LedgerEntry, PollView } from '../api/polls.ts'
import { useNow } from '../now.ts'
import { clock, count, countdown, fullTime, took, waitWords } from '../words.ts'
import { longestEndAt, progressEndAt } from './projection.ts'

/** As much of a poll as tells why it waits. */
export type WaitingPoll = Pick<
  PollView,
  'status' | 'task' | 'iterationCount' | 'nextAttemptAt' | 'waitReason' | 'last' | 'progress' | 'deadlineAt'
>

interface Known {
  readonly poll: WaitingPoll
  readonly attempts: readonly LedgerEntry[]
  readonly size: number
}

/** Why it is still waiting, and until when. */
export function Waiting({ poll, attempts, size }: Known) {
  const id = useId()
  const isPaused = poll.status === 'PAUSED'
  const recent = attempts.slice(Math.max(0, size - 50), size)
  return (
    <section className="card why" aria-labelledby={id}>
      <h2 id={id}>{isPaused ? 'Paused' : 'Why it is still waiting'}</h2>
      <p className="reason">{whyNot(poll)}</p>
      <dl className="facts">
        <div>
          <dt>Attempt</dt>
          <dd>
            <span className="tabular big">
              {poll.iterationCount} of {poll.task.pollCount}
            </span>
            <meter
              min={0}
              max={poll.task.pollCount}
              value={poll.iterationCount}
              aria-label="Attempts that are used up"
            />
          </dd>
        </div>
        <div>
          <dt>Next attempt</dt>
          <dd>
            {poll.nextAttemptAt === null ? (
              'none until it is resumed'
            ) : (
              <Next poll={poll} at={poll.nextAttemptAt} last={recent.at(-1)} />
            )}
          </dd>
        </div>
        <div>
          <dt>At the latest</dt>
          <dd>
            <ProjectedEnd poll={poll} attempts={recent} />
          </dd>
        </div>
        <div>
          <dt>Deadline</dt>
          <dd>{poll.deadlineAt === null ? <NoDeadline /> : <Deadline at={poll.deadlineAt} poll={poll} />}</dd>
        </div>
      </dl>
      {poll.progress !== null && <Progress poll={poll} value={poll.progress} attempts={recent} />}
    </section>
  )
}

function whyNot({ last, task }: WaitingPoll): string {
  if (last === null)
    return task.initialDelaySeconds > 0 ? 'No attempt has been made yet.' : 'The first attempt is being made.'
  if (last.verdict === 'succeeded')
    return `The success condition held; it has to hold ${task.successThreshold} times in a row.`
  const seen = Object.entries(last.values).map(([name, value]) => `${name} is ${value}`)
  const saw = seen.length === 0 ? '' : `: ${seen.join(', ')}`
  return `The last answer: ${last.reason}${saw}.`
}

function Next({ poll, at, last }: { poll: WaitingPoll; at: string; last: LedgerEntry | undefined }) {
  const left = Date.parse(at) - useNow()
  const { next, startedAt = 0, durationMs = 0, iteration } = last ?? {}
  // Asked at once, the pause that was told with the last attempt is another.
  const isTold = next?.dueAt === Date.parse(at) && iteration === poll.iterationCount
  const pauseMs = isTold ? next.dueAt - startedAt - durationMs : null
  return (
    <>
      <span className="tabular big">{left <= 0 ? 'now' : `in ${countdown(left)}`}</span>
      <span className="quiet">
        {poll.waitReason && `because ${waitWords(poll.waitReason, poll.task, pauseMs)}`}
      </span>
    </>
  )
}

function ProjectedEnd({ poll, attempts }: Omit<Known, 'size'>) {
  const left = poll.task.pollCount - poll.iterationCount
  const typical = attempts.reduce((sum, { durationMs }) => sum + durationMs, 0) / Math.max(1, attempts.length)
  const end = longestEndAt(poll, typical)
  if (end === null) return 'open while it is paused'
  const isDeadline = poll.deadlineAt !== null && end >= Date.parse(poll.deadlineAt)
  return (
    <>
      <span className="tabular big" title={fullTime(end)}>
        {isDeadline ? clock(end) : `about ${clock(end)}`}
      </span>
      <span className="quiet">
        {isDeadline ? 'at its deadline' : `when the ${count(left, 'attempt')} that are left are used up`}
      </span>
    </>
  )
}

function Deadline({ at, poll }: { at: string; poll: WaitingPoll }) {
  const left = Date.parse(at) - useNow()
  return (
    <>
      <span className="tabular big" title={fullTime(at)}>
        {clock(at)}
      </span>
      <span className="quiet tabular">
        {left > 0 ? `in ${countdown(left)}` : 'over'}, of {took((poll.task.timeoutSeconds ?? 0) * 1000)} in
        all
      </span>
    </>
  )
}

function NoDeadline() {
  return (
    <>
      <span className="big">none</span>
      <span className="quiet">only the attempts are counted</span>
    </>
  )
}

interface Progressing {
  readonly poll: WaitingPoll
  readonly value: number
  readonly attempts: readonly LedgerEntry[]
}

function Progress({ poll, value, attempts }: Progressing) {
  const id = useId()
  const end = progressEndAt(poll, attempts)
  return (
    <div className="progress">
      <label htmlFor={id}>Progress</label>
      <progress id={id} max={100} value={Math.min(100, Math.max(0, value))} />
      <span className="tabular amount">{value}</span>
      <span className="quiet tabular">
        {end === null ? 'no rate to go by yet' : `at this rate done at about ${clock(end)}`}
      </span>
    </div>
  )
}
