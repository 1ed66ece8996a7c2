import { useEffect, useRef } from 'react'
import { Link } from 'wouter'
import { announce } from '../announce.tsx'
import { type PollView, useCaller, usePoll } from '../api/polls.ts'
import { ProblemError, sayError } from '../api/request.ts'
import { ConnectionLost } from '../connection-lost.tsx'
import { RunStatus } from '../run-status.tsx'
import { titleOf } from '../words.ts'
import { Attempts } from './attempts.tsx'
import { Commands } from './commands.tsx'
import { Criteria } from './criteria.tsx'
import { Observed } from './observed.tsx'
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
  const caller = useCaller().data
  useAnnouncedStatus(poll)
  return (
    <>
      <p className="crumbs">
        <Link href="/">Runs</Link>
      </p>
      <div className="heading">
        <h1>{titleOf(poll)}</h1>
        <RunStatus status={poll.status} />
        <code className="quiet id">{poll.id}</code>
      </div>
      <ConnectionLost connection={connection} />
      <Commands poll={poll} mayRun={caller !== undefined && caller.role !== 'viewer'} />
      {poll.endedAt === null ? (
        <Waiting poll={poll} attempts={attempts} size={size} />
      ) : (
        <Verdict poll={poll} />
      )}
      <Criteria task={poll.task} last={poll.last} />
      <Attempts
        polled={{ kind: 'poll', id: poll.id }}
        attempts={attempts}
        size={size}
        total={Math.max(size, poll.iterationCount)}
        isOver={poll.endedAt !== null}
        task={poll.task}
        startedAt={Date.parse(poll.startedAt)}
      />
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
