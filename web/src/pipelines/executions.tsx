import { Link } from 'wouter'
import { type RunRow, useExecutions } from '../api/executions.ts'
import { sayError } from '../api/request.ts'
import { useReadByExecutions } from '../api/runs.ts'
import { ConnectionLost } from '../connection-lost.tsx'
import { useNow } from '../now.ts'
import { RunStatus } from '../run-status.tsx'
import { clock, countdown, fullTime, took } from '../words.ts'

/** The runs of a pipeline, newest first. */
export function Executions({ pipeline }: { pipeline: string }) {
  const executions = useExecutions(pipeline)
  const connection = useReadByExecutions(['executions', pipeline], pipeline)
  const rows = executions.data?.pages.flatMap((page) => page.executions) ?? []
  return (
    <section aria-labelledby="executions">
      <h2 id="executions">Executions</h2>
      <ConnectionLost connection={connection} />
      {executions.error && connection !== 'lost' && (
        <p className="lost" role="alert">
          {sayError(executions.error)}
        </p>
      )}
      {executions.data && rows.length === 0 && <p className="quiet">It has not been run yet.</p>}
      {rows.length > 0 && (
        <div className="table-box">
          <table>
            <thead>
              <tr>
                <th scope="col">Execution</th>
                <th scope="col">Status</th>
                <th scope="col">Message</th>
                <th scope="col">Started</th>
                <th scope="col">Took</th>
              </tr>
            </thead>
            <tbody>
              {rows.map((row) => (
                <Row key={row.id} row={row} />
              ))}
            </tbody>
          </table>
        </div>
      )}
      {executions.hasNextPage && (
        <button
          type="button"
          onClick={() => executions.fetchNextPage()}
          disabled={executions.isFetchingNextPage}
        >
          More
        </button>
      )}
    </section>
  )
}

function Row({ row }: { row: RunRow }) {
  return (
    <tr>
      <th scope="row">
        <Link href={`/executions/${row.id}`}>#{row.executionIndex ?? row.id.slice(0, 8)}</Link>
        {row.requestBy && <span className="quiet under">by {row.requestBy}</span>}
      </th>
      <td>
        <RunStatus status={row.status} />
      </td>
      <td className="message">{row.message}</td>
      <td className="tabular" title={fullTime(row.startedAt)}>
        {clock(row.startedAt)}
      </td>
      <td className="tabular">
        <Took startedAt={row.startedAt} endedAt={row.endedAt} />
      </td>
    </tr>
  )
}

/** How long a run took, or has taken so far. */
export function Took({ startedAt, endedAt }: { startedAt: string; endedAt: string | null }) {
  const now = useNow()
  const ms = (endedAt === null ? now : Date.parse(endedAt)) - Date.parse(startedAt)
  return endedAt === null ? countdown(ms) : took(ms)
}
