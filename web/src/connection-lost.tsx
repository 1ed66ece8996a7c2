import type { Connection } from './api/events.ts'

/** Said as long as what is shown may be old. */
export function ConnectionLost({ connection }: { connection: Connection }) {
  if (connection !== 'lost') return null
  return (
    <p className="lost" role="alert">
      The connection is lost; it is being mended. What is shown is as it was last known.
    </p>
  )
}
