import { useMutation } from '@tanstack/react-query'
import { useState } from 'react'
import { Link } from 'wouter'
import { announce } from '../announce.tsx'
import { type PollCommand, type PollView, useCommand } from '../api/polls.ts'
import { sayError } from '../api/request.ts'
import { asCommand } from './as-command.ts'
import { download, evidenceOf } from './evidence.ts'

interface Given {
  readonly poll: PollView
  /** False for who may only look. */
  readonly mayRun: boolean
}

/** What can be done with a poll now. */
export function Commands({ poll, mayRun }: Given) {
  const command = useCommand(poll.id)
  const saving = useMutation({
    mutationFn: async () => download(`bide-${poll.id}.json`, await evidenceOf(poll.id)),
  })
  const error = command.error ?? saving.error
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
        <CopyCommand poll={poll} />
        <button type="button" disabled={saving.isPending} onClick={() => saving.mutate()}>
          Download evidence
        </button>
      </div>
      {error && (
        <p className="error" role="alert">
          {sayError(error)}
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

function CopyCommand({ poll }: { poll: PollView }) {
  const text = asCommand(poll.task)
  const [isShown, setShown] = useState(false)
  const copy = async () => {
    setShown(true)
    // Only in secure contexts; elsewhere the text can be marked by hand.
    await navigator.clipboard?.writeText(text).then(
      () => announce('The command is copied.'),
      () => {},
    )
  }
  return (
    <>
      <button type="button" onClick={copy}>
        Copy as bide poll
      </button>
      {isShown && <pre className="command">{text}</pre>}
    </>
  )
}
