import { useState } from 'react'
import { sayError } from './api/request.ts'

interface Confirmed {
  readonly label: string
  /** What it is done with, for those who do not see the row. */
  readonly what: string
  readonly confirmed: string
  run(): Promise<unknown>
}

/** Asks once more before it does what cannot be undone. */
export function ConfirmedButton({ label, what, confirmed, run }: Confirmed) {
  const [isAsking, setAsking] = useState(false)
  const [isBusy, setBusy] = useState(false)
  const [failure, setFailure] = useState<unknown>(null)
  const doIt = async () => {
    setBusy(true)
    try {
      await run()
    } catch (error) {
      setFailure(error)
    }
    setBusy(false)
    setAsking(false)
  }
  if (!isAsking)
    return (
      <>
        <button type="button" onClick={() => setAsking(true)} aria-label={`${label} ${what}`}>
          {label}
        </button>
        {failure !== null && (
          <span className="error" role="alert">
            {sayError(failure)}
          </span>
        )}
      </>
    )
  return (
    <>
      <button
        type="button"
        className="danger"
        // biome-ignore lint/a11y/noAutofocus: it stands where the button stood that was just pressed.
        autoFocus
        disabled={isBusy}
        onClick={doIt}
      >
        {confirmed}
      </button>
      <button type="button" onClick={() => setAsking(false)}>
        No
      </button>
    </>
  )
}
