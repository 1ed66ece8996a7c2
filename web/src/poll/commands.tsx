import { useState } from 'react'
import { Link } from 'wouter'
import { type PollCommand, type PollView, useCommand } from '../api/polls.ts'
import { sayError } from '../api/request.ts'
import { CopyCommand, DownloadEvidence } from './take-away.tsx'

interface Given {
  readonly poll: PollView
  /** False for who may only look. */
  readonly mayRun: boolean
}

/** What can be done with a poll now. */
export function Commands({ poll, mayRun }: Given) {
  const command = useCommand(poll.id)
  const button = (name: PollCommand, label: string) => (
    <button type="button" disabled={command.isPending} onClick={() => command.mutate(name)}>
      {label}
    </button>
  )
  return (
    <>
      <div className="commands" role="group" aria-label="Commands">
        {mayRun && poll.status === 'RUNNING' && button('now', 'Poll now')}
        {mayRun && poll.status === 'RUNNING' && button('pause', 'Pause')}
        {mayRun && poll.status === 'PAUSED' && button('resume', 'Resume')}
        {mayRun && poll.endedAt === null && <Cancel onCancel={() => command.mutate('cancel')} />}
        <span className="apart" />
        {mayRun && (
          <Link href={`/new?from=${poll.id}`} className="button">
            Run again
          </Link>
        )}
        <CopyCommand task={poll.task} />
        <DownloadEvidence polled={{ kind: 'poll', id: poll.id }} />
      </div>
      {command.error && (
        <p className="error" role="alert">
          {sayError(command.error)}
        </p>
      )}
    </>
  )
}

/** Asks once more: what is cancelled cannot be taken up again. */
function Cancel({ onCancel }: { onCancel: () => void }) {
  const [isAsking, setAsking] = useState(false)
  if (!isAsking) {
    return (
      <button type="button" onClick={() => setAsking(true)}>
        Cancel
      </button>
    )
  }
  return (
    <>
      <button
        type="button"
        className="danger"
        // biome-ignore lint/a11y/noAutofocus: it stands where the button stood that was just pressed.
        autoFocus
        onClick={() => {
          setAsking(false)
          onCancel()
        }}
      >
        Yes, cancel it
      </button>
      <button type="button" onClick={() => setAsking(false)}>
        Keep waiting
      </button>
    </>
  )
}
