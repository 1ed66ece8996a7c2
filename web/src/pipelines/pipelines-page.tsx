import { lazy, Suspense, useState } from 'react'
import { Link } from 'wouter'
import { useMay } from '../api/caller.ts'
import { type PipelineRow, usePipelines } from '../api/pipelines.ts'
import { sayError } from '../api/request.ts'
import { useReadByExecutions } from '../api/runs.ts'
import { ConnectionLost } from '../connection-lost.tsx'
import '../style/pipelines.css'
import '../style/tables.css'
import { RunStatus } from '../run-status.tsx'
import { clock, count, fullTime } from '../words.ts'
import { DropFiles } from './drop-files.tsx'
import { STARTER } from './starter.ts'

const PipelineEditor = lazy(async () => ({
  default: (await import('./pipeline-editor.tsx')).PipelineEditor,
}))

/** Every pipeline that the server keeps. */
export function PipelinesPage() {
  const pipelines = usePipelines()
  const connection = useReadByExecutions(['pipelines'], null)
  const mayEdit = useMay('editor')
  const [isNew, setNew] = useState(false)
  const rows = pipelines.data ?? []
  const list = (
    <>
      <ConnectionLost connection={connection} />
      {pipelines.error && connection !== 'lost' && (
        <p className="lost" role="alert">
          {sayError(pipelines.error)}
        </p>
      )}
      {pipelines.data?.length === 0 && !isNew && <NothingYet />}
      {rows.length > 0 && <PipelineTable rows={rows} />}
    </>
  )
  return (
    <>
      <div className="heading">
        <h1>Pipelines</h1>
        <p className="quiet tabular">{pipelines.data && count(rows.length, 'pipeline')}</p>
        {mayEdit && !isNew && (
          <button type="button" className="primary to-end" onClick={() => setNew(true)}>
            New pipeline
          </button>
        )}
      </div>
      {isNew && (
        <Suspense fallback={<p className="quiet">Loading…</p>}>
          <PipelineEditor
            text={STARTER}
            kept={null}
            goTo={null}
            onClose={() => setNew(false)}
            onDraft={null}
          />
        </Suspense>
      )}
      {mayEdit ? <DropFiles known={rows.map(({ name }) => name)}>{list}</DropFiles> : list}
    </>
  )
}

function PipelineTable({ rows }: { rows: readonly PipelineRow[] }) {
  const mayRun = useMay('runner')
  return (
    <div className="table-box">
      <table>
        <thead>
          <tr>
            <th scope="col">Name</th>
            <th scope="col">Last execution</th>
            <th scope="col">Started</th>
            <th scope="col">
              <span className="hidden">Commands</span>
            </th>
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <Row key={row.name} row={row} mayRun={mayRun} />
          ))}
        </tbody>
      </table>
    </div>
  )
}

function Row({ row, mayRun }: { row: PipelineRow; mayRun: boolean }) {
  const { name, description, enabled, lastExecution } = row
  const href = `/pipelines/${encodeURIComponent(name)}`
  return (
    <tr>
      <th scope="row">
        <Link href={href}>{name}</Link>
        {!enabled && <span className="tag">not enabled</span>}
        {description !== '' && <span className="quiet under">{description}</span>}
      </th>
      <td>
        {lastExecution === null ? (
          <span className="quiet">never run</span>
        ) : (
          <Link href={`/executions/${lastExecution.executionId}`}>
            <RunStatus status={lastExecution.status} />
          </Link>
        )}
      </td>
      <td className="tabular" title={lastExecution ? fullTime(lastExecution.startedAt) : undefined}>
        {lastExecution && clock(lastExecution.startedAt)}
      </td>
      <td className="end">
        {mayRun && enabled && (
          <Link href={`${href}?run`} className="button" aria-label={`Run ${name}`}>
            Run
          </Link>
        )}
      </td>
    </tr>
  )
}

function NothingYet() {
  return (
    <section className="card empty">
      <h2>No pipeline is kept here yet</h2>
      <p>
        A pipeline runs tasks in stages: requests, polls that wait for jobs, conditions, and other pipelines.
        Files that Code Stream exported are read as they are.
      </p>
    </section>
  )
}
