import { useState } from 'react'
import { Link } from 'wouter'
import type { ExecutionCommand, ExecutionView, useExecutionCommand } from '../api/executions.ts'
import { sayError } from '../api/request.ts'

interface Commanded {
  readonly execution: ExecutionView
  readonly command: ReturnType<typeof useExecutionCommand>
  /** Where it is run again. */
  readonly again: string
}

/** What can be done with a run now. */
export function ExecutionCommands({ execution: { status, endedAt }, command, again }: Commanded) {
  const [isAsking, setAsking] = useState(false)
  const button = (name: ExecutionCommand, label: string) => (
    <button type="button" disabled={command.isPending} onClick={() => command.mutate(name)}>
      {label}
    </button>
  )
  const isPaused = status === 'PAUSED' || status === 'PAUSING'
  return (
    <>
      <div className="commands" role="group" aria-label="Commands">
        {endedAt === null && !isPaused && status !== 'ROLLING_BACK' && button('pause', 'Pause')}
        {isPaused && button('resume', 'Resume')}
        {endedAt === null && !isAsking && (
          <button type="button" onClick={() => setAsking(true)}>
            Cancel
          </button>
        )}
        {endedAt === null && isAsking && (
          <>
            <button
              type="button"
              className="danger"
              // biome-ignore lint/a11y/noAutofocus: it stands where the button stood that was just pressed.
              autoFocus
              onClick={() => {
                setAsking(false)
                command.mutate('cancel')
              }}
            >
              Yes, cancel it
            </button>
            <button type="button" onClick={() => setAsking(false)}>
              Let it run
            </button>
          </>
        )}
        <Link href={again} className="button">
          Run again
        </Link>
      </div>
      {command.error && (
        <p className="error" role="alert">
          {sayError(command.error)}
        </p>
      )}
    </>
  )
}
