import { useEffect, useRef, useState } from 'react'
import { Link } from 'wouter'
import { announce } from '../announce.tsx'
import { type PollView, useCaller, usePoll } from '../api/polls.ts'
import { ProblemError, sayError } from '../api/request.ts'
import { Status } from '../marks.tsx'
import { count, titleOf } from '../words.ts'
import { AttemptDetail } from './attempt-detail.tsx'
import { AttemptList } from './attempt-list.tsx'
import { Commands } from './commands.tsx'
import { Criteria } from './criteria.tsx'
import { Observed } from './observed.tsx'
import { Timeline } from './timeline.tsx'
import { useAttempt } from './use-attempt.ts'
import { useAttempts } from './use-attempts.ts'
import { Verdict } from './verdict.tsx'
import { Waiting } from './waiting.tsx'

/** One poll: what it waits for, why it still does, and all that it has seen. */
export function PollPage({ id }: { id: string }) {
  const poll = usePoll(id)
  if (poll.data) return <Poll poll={poll.data} />
  if (poll.error instanceof ProblemError && poll.error.status === 404) {
    return (
      <>
        <h1>There is no such poll</h1>
        <Link href="/">Back to the runs</Link>
      </>
    )
  }
  return poll.error ? (
    <p className="lost" role="alert">
      {sayError(poll.error)}
    </p>
  ) : (
    <p className="quiet">Loading…</p>
  )
}

function Poll({ poll }: { poll: PollView }) {
  const { attempts, size, connection } = useAttempts(poll.id)
  const [chosen, setChosen] = useState<number | null>(null)
  const caller = useCaller().data
  useAnnouncedStatus(poll)
  const index = Math.min(chosen ?? size - 1, size - 1)
  const attempt = attempts[index]
  const answer = useAttempt(poll.id, attempt?.iteration)
  const before = useAttempt(poll.id, attempts[index - 1]?.iteration)
  return (
    <>
      <p className="crumbs">
        <Link href="/">Runs</Link>
      </p>
      <div className="heading">
        <h1>{titleOf(poll)}</h1>
        <Status status={poll.status} />
        <code className="quiet id">{poll.id}</code>
      </div>
      {connection === 'lost' && (
        <p className="lost" role="alert">
          The connection is lost; it is being mended. What is shown is as it was last known.
        </p>
      )}
      <Commands poll={poll} mayRun={caller !== undefined && caller.role !== 'viewer'} />
      {poll.endedAt === null ? (
        <Waiting poll={poll} attempts={attempts} size={size} />
      ) : (
        <Verdict poll={poll} />
      )}
      <Criteria task={poll.task} last={poll.last} />
      <section className="card" aria-labelledby="attempts">
        <h2 id="attempts">{count(Math.max(size, poll.iterationCount), 'attempt')}</h2>
        {size === 0 ? (
          <p className="quiet">None has been made yet.</p>
        ) : (
          <>
            <Timeline attempts={attempts} size={size} chosen={index} onChoose={setChosen} />
            <div className="attempts-and-one">
              <AttemptList attempts={attempts} size={size} chosen={index} onChoose={setChosen} />
              {attempt && (
                <AttemptDetail
                  attempt={attempt}
                  task={poll.task}
                  startedAt={Date.parse(poll.startedAt)}
                  answer={answer}
                  before={before}
                />
              )}
            </div>
          </>
        )}
      </section>
      <Observed observed={poll.observed} />
    </>
  )
}

/** One announcement for each change of state. */
function useAnnouncedStatus(poll: PollView): void {
  const before = useRef(poll.status)
  useEffect(() => {
    if (before.current === poll.status) return
    before.current = poll.status
    announce(`${titleOf(poll)}: ${poll.status}. ${poll.message ?? ''}`.trim())
  }, [poll])
}
