import { lazy, type ReactNode, Suspense, useCallback, useState } from 'react'
import { Link, useLocation, useSearchParams } from 'wouter'
import { useMay } from '../api/caller.ts'
import { useExecution } from '../api/executions.ts'
import { type PipelineView, usePipeline, useRemovePipeline } from '../api/pipelines.ts'
import { ProblemError, sayError } from '../api/request.ts'
import '../style/pipelines.css'
import '../style/tables.css'
import type { PipelineShape } from '../../../src/pipeline/picture.ts'
import { clock, fullTime } from '../words.ts'
import { Executions } from './executions.tsx'
import { Picture } from './picture.tsx'
import { RunForm } from './run-form.tsx'
import { lineOfTask } from './task-line.ts'

const PipelineEditor = lazy(async () => ({
  default: (await import('./pipeline-editor.tsx')).PipelineEditor,
}))

/** One pipeline: its picture, its text, its runs. */
export function PipelinePage({ name }: { name: string }) {
  const pipeline = usePipeline(name)
  if (pipeline.data) return <Pipeline pipeline={pipeline.data} />
  const isUnknown = pipeline.error instanceof ProblemError && pipeline.error.status === 404
  if (isUnknown)
    return (
      <>
        <h1>There is no pipeline {name}</h1>
        <Link href="/pipelines">Back to the pipelines</Link>
      </>
    )
  return pipeline.error ? (
    <p className="lost" role="alert">
      {sayError(pipeline.error)}
    </p>
  ) : (
    <p className="quiet">Loading…</p>
  )
}

interface Opened {
  readonly line: number
  readonly column: number
}

function Pipeline({ pipeline }: { pipeline: PipelineView }) {
  const [search, setSearch] = useSearchParams()
  const [opened, setOpened] = useState<Opened | null>(null)
  const [chosen, setChosen] = useState<string | null>(null)
  const [draft, setDraft] = useState<PipelineShape | null>(null)
  const onDraft = useCallback((shape: PipelineShape) => setDraft(shape), [])
  const mayEdit = useMay('editor')
  const mayRun = useMay('runner')
  const isRunning = search.has('run')
  const setRunning = (isIt: boolean) => setSearch(isIt ? { run: '' } : {}, { replace: true })
  const choose = (key: string) => {
    setChosen(key)
    setOpened({ line: lineOfTask(pipeline.text, key), column: 1 })
  }
  return (
    <>
      <p className="crumbs">
        <Link href="/pipelines">Pipelines</Link>
      </p>
      <div className="heading">
        <h1>{pipeline.name}</h1>
        {!pipeline.enabled && <span className="tag">not enabled</span>}
        <p className="quiet" title={fullTime(pipeline.updatedAt)}>
          changed {clock(pipeline.updatedAt)}, at most {pipeline.concurrency} at once
        </p>
      </div>
      {pipeline.description !== '' && <p>{pipeline.description}</p>}
      <div className="commands" role="group" aria-label="Commands">
        {mayRun && pipeline.enabled && !isRunning && (
          <button type="button" className="primary" onClick={() => setRunning(true)}>
            Run…
          </button>
        )}
        {opened === null && (
          <button type="button" onClick={() => setOpened({ line: 1, column: 1 })}>
            {mayEdit ? 'Edit the YAML' : 'Show the YAML'}
          </button>
        )}
        {mayEdit && <Remove name={pipeline.name} />}
      </div>
      {isRunning && (
        <RunAgain from={search.get('run') ?? ''}>
          {(given) => <RunForm pipeline={pipeline} given={given} onClose={() => setRunning(false)} />}
        </RunAgain>
      )}
      <h2 className="hidden">Stages and tasks</h2>
      <Picture
        shape={draft ?? pipeline.shape}
        label={`Picture of ${pipeline.name}`}
        tasks={null}
        stages={null}
        chosen={chosen}
        onChoose={choose}
      />
      {opened !== null && (
        <Suspense fallback={<p className="quiet">Loading…</p>}>
          <PipelineEditor
            text={pipeline.text}
            kept={pipeline}
            goTo={opened}
            onClose={() => {
              setOpened(null)
              setDraft(null)
            }}
            onDraft={onDraft}
          />
        </Suspense>
      )}
      <Executions pipeline={pipeline.name} />
    </>
  )
}

/** Finds the inputs of the run that is to be done again; none where it is a new one. */
function RunAgain({
  from,
  children,
}: {
  from: string
  children: (given: Record<string, string>) => ReactNode
}) {
  const before = useExecution(from)
  if (from === '' || before.error) return children({})
  if (before.data === undefined) return <p className="quiet">Loading…</p>
  const given = Object.entries(before.data.input).map(([name, value]) => [name, String(value)])
  return children(Object.fromEntries(given))
}

/** Asks once more: a text that is gone is gone. */
function Remove({ name }: { name: string }) {
  const [isAsking, setAsking] = useState(false)
  const [, go] = useLocation()
  const remove = useRemovePipeline(name)
  if (!isAsking)
    return (
      <button type="button" onClick={() => setAsking(true)}>
        Delete
      </button>
    )
  return (
    <>
      <button
        type="button"
        className="danger"
        // biome-ignore lint/a11y/noAutofocus: it stands where the button stood that was just pressed.
        autoFocus
        disabled={remove.isPending}
        onClick={() => remove.mutate(undefined, { onSuccess: () => go('/pipelines') })}
      >
        Yes, delete it
      </button>
      <button type="button" onClick={() => setAsking(false)}>
        Keep it
      </button>
      {remove.error && (
        <p className="error" role="alert">
          {sayError(remove.error)}
        </p>
      )}
    </>
  )
}
