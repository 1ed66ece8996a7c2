import { lookOf } from './statuses.ts'

/** The status of a run, a stage or a task as word, shape and colour. */
export function RunStatus({ status }: { status: string }) {
  const { mark, tone } = lookOf(status)
  return (
    <span className={`run-status ${tone}`}>
      <span className="mark" aria-hidden="true">
        {mark}
      </span>
      {status.replaceAll('_', ' ')}
    </span>
  )
}
