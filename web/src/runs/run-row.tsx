import { Link } from 'wouter'
import { type PollView, useLastAttempts } from '../api/polls.ts'
import { Cell, Status } from '../marks.tsx'
import { useNow } from '../now.ts'
import { clock, count, countdown, fullTime, seconds, titleOf } from '../words.ts'

/** The cells of one row: what, how far, and when next. */
export function RunRow({ poll }: { poll: PollView }) {
  const attempts = useLastAttempts(poll).data ?? []
  const code = attempts.at(-1)?.code
  return (
    <>
      <span role="cell" className="name">
        <Link href={`/polls/${poll.id}`} title={poll.task.url}>
          {titleOf(poll)}
        </Link>
      </span>
      <span role="cell">
        <Status status={poll.status} />
      </span>
      <span role="cell" className="attempts">
        <span className="tabular of">
          {poll.iterationCount}/{poll.task.pollCount}
        </span>
        <span className="hidden">{poll.last && `, the last ${poll.last.verdict}`}</span>
        <span className="cells">
          {attempts.map((attempt) => (
            <Cell key={attempt.iteration} attempt={attempt} />
          ))}
        </span>
      </span>
      <span role="cell" className="code tabular" title="Code of the last answer">
        {code ?? '–'}
      </span>
      <span role="cell" className="next tabular">
        {poll.nextAttemptAt === null ? '–' : <Until at={poll.nextAttemptAt} />}
      </span>
      <span role="cell" className="started tabular" title={fullTime(poll.startedAt)}>
        {clock(poll.startedAt)}
      </span>
      <span role="cell" className="took tabular" title={count(poll.iterationCount, 'attempt')}>
        <Took poll={poll} />
      </span>
    </>
  )
}

function Until({ at }: { at: string }) {
  const left = Date.parse(at) - useNow()
  return left <= 0 ? 'now' : countdown(left)
}

function Took({ poll: { startedAt, endedAt } }: { poll: PollView }) {
  const now = useNow()
  const ms = (endedAt === null ? now : Date.parse(endedAt)) - Date.parse(startedAt)
  return endedAt === null ? countdown(ms) : seconds(ms / 1000)
}
