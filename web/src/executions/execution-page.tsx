import { useEffect, useRef } from 'react'
import { Link } from 'wouter'
import { announce } from '../announce.tsx'
import { useMay } from '../api/caller.ts'
import { type ExecutionView, useExecution, useExecutionCommand } from '../api/executions.ts'
import { ProblemError, sayError } from '../api/request.ts'
import { ConnectionLost } from '../connection-lost.tsx'
import { Took } from '../pipelines/executions.tsx'
import { RunStatus } from '../run-status.tsx'
import '../style/executions.css'
import '../style/tables.css'
import { clock, fullTime } from '../words.ts'
import { ExecutionBody } from './execution-body.tsx'
import { ExecutionCommands } from './execution-commands.tsx'
import { useLiveExecution } from './use-live-execution.ts'
import { ValueTree } from './value-tree.tsx'

/** One run of a pipeline, live. */
export function ExecutionPage({ id }: { id: string }) {
  const execution = useExecution(id)
  if (execution.data) return <Execution id={id} execution={execution.data} />
  if (execution.error instanceof ProblemError && execution.error.status === 404)
    return (
      <>
        <h1>There is no such execution</h1>
        <Link href="/pipelines">To the pipelines</Link>
      </>
    )
  return execution.error ? (
    <p className="lost" role="alert">
      {sayError(execution.error)}
    </p>
  ) : (
    <p className="quiet">Loading…</p>
  )
}

function Execution({ id, execution }: { id: string; execution: ExecutionView }) {
  const { attempts, connection } = useLiveExecution(id)
  const command = useExecutionCommand(id)
  const mayRun = useMay('runner')
  const href = `/pipelines/${encodeURIComponent(execution.name)}`
  useAnnouncedStatus(execution)
  return (
    <>
      <p className="crumbs">
        <Link href="/pipelines">Pipelines</Link> <span aria-hidden="true">/</span>{' '}
        <Link href={href}>{execution.name}</Link>
      </p>
      <div className="heading">
        <h1>
          {execution.name} #{execution.executionIndex}
        </h1>
        <RunStatus status={execution.status} />
      </div>
      <ConnectionLost connection={connection} />
      {execution.statusMessage !== '' && <p className="status-message">{execution.statusMessage}</p>}
      {execution.status === 'PAUSING' && (
        <p className="status-message">What runs is let finish; nothing new is started until it is resumed.</p>
      )}
      <p className="quiet tabular">
        <span title={fullTime(execution.startedAt)}>started {clock(execution.startedAt)}</span>
        {execution.requestBy !== '' && ` by ${execution.requestBy}`},{' '}
        {execution.endedAt === null ? 'so far' : 'took'}{' '}
        <Took startedAt={execution.startedAt} endedAt={execution.endedAt} />
        {execution.comments !== '' && `; ${execution.comments}`}
      </p>
      {mayRun && <ExecutionCommands execution={execution} command={command} again={`${href}?run=${id}`} />}
      <ExecutionBody
        execution={execution}
        path={[]}
        attempts={{ executionId: id, byTask: attempts }}
        title={execution.name}
        isActive
        onActivate={null}
      />
      <Notes notes={execution.notes} />
      <div className="in-and-out card">
        <Values title="Inputs" values={execution.input} />
        <Values title="Outputs" values={execution.output} />
      </div>
    </>
  )
}

function Values({ title, values }: { title: string; values: Readonly<Record<string, unknown>> }) {
  const isEmpty = Object.keys(values).length === 0
  return (
    <section aria-label={`${title} of the execution`}>
      <h2>{title}</h2>
      {isEmpty ? <p className="quiet">None.</p> : <ValueTree values={values} />}
    </section>
  )
}

function Notes({ notes }: { notes: readonly string[] }) {
  if (notes.length === 0) return null
  return (
    <section className="card" aria-labelledby="notes">
      <h2 id="notes">Notes</h2>
      <ul>
        {notes.map((note) => (
          <li key={note}>{note}</li>
        ))}
      </ul>
    </section>
  )
}

/** One announcement for each change of state. */
function useAnnouncedStatus({ name, executionIndex, status, statusMessage }: ExecutionView): void {
  const before = useRef(status)
  useEffect(() => {
    if (before.current === status) return
    before.current = status
    announce(`${name} #${executionIndex}: ${status}. ${statusMessage}`.trim())
  }, [name, executionIndex, status, statusMessage])
}
