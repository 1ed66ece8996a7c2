import { type FormEvent, useState } from 'react'
import { useLocation } from 'wouter'
import { type PipelineView, startExecution } from '../api/pipelines.ts'
import { ProblemError, sayError } from '../api/request.ts'
import { Field } from '../new-poll/field.tsx'
import { ProblemList } from './problem-list.tsx'

interface Running {
  readonly pipeline: Pick<PipelineView, 'name' | 'input' | 'inputMeta'>
  /** Values to begin with, such as those of a run before. */
  readonly given: Readonly<Record<string, string>>
  onClose(): void
}

/** Asks for the inputs of a run, and starts it. */
export function RunForm({ pipeline, given, onClose }: Running) {
  const [, go] = useLocation()
  const names = [...new Set([...Object.keys(pipeline.input), ...Object.keys(pipeline.inputMeta)])]
  const [values, setValues] = useState<Readonly<Record<string, string>>>(() =>
    Object.fromEntries(names.map((name) => [name, given[name] ?? pipeline.input[name] ?? ''])),
  )
  const [comments, setComments] = useState('')
  const [failure, setFailure] = useState<unknown>(null)
  const [isTried, setTried] = useState(false)
  const [isBusy, setBusy] = useState(false)
  const missing = names.filter((name) => pipeline.inputMeta[name]?.mandatory && values[name] === '')
  const start = async (event: FormEvent) => {
    event.preventDefault()
    setTried(true)
    const [first] = missing
    if (first !== undefined) return document.getElementById(idOf(first))?.focus()
    setBusy(true)
    try {
      const { executionId } = await startExecution(pipeline.name, { input: values, comments })
      go(`/executions/${executionId}`)
    } catch (error) {
      setFailure(error)
      setBusy(false)
    }
  }
  return (
    <form className="card" aria-labelledby="run" onSubmit={start} noValidate>
      <h2 id="run">Run {pipeline.name}</h2>
      {names.length === 0 && <p className="quiet">It takes no inputs.</p>}
      <div className="grid">
        {names.map((name, at) => (
          <InputField
            key={name}
            name={name}
            value={values[name] ?? ''}
            meta={pipeline.inputMeta[name]}
            isFirst={at === 0}
            isMissing={isTried && missing.includes(name)}
            onChange={(value) => setValues({ ...values, [name]: value })}
          />
        ))}
        <Field
          id="comments"
          label="Comments"
          error={undefined}
          hint="Shown with the execution; ${comments} in a binding."
        >
          <input
            id="comments"
            value={comments}
            onChange={({ target }) => setComments(target.value)}
            autoComplete="off"
          />
        </Field>
      </div>
      {failure !== null && <Refusal failure={failure} />}
      <div className="commands last">
        <button type="submit" className="primary" disabled={isBusy}>
          Start
        </button>
        <button type="button" onClick={onClose}>
          Not now
        </button>
      </div>
    </form>
  )
}

/** Why it was not started: of which input, or at which line of the pipeline. */
function Refusal({ failure }: { failure: unknown }) {
  const { fields, lines } = failure instanceof ProblemError ? failure : NOTHING
  return (
    <div role="alert">
      <p className="error">{sayError(failure)}</p>
      {fields.map(({ pointer, detail }) => (
        <p key={pointer} className="error">
          {pointer.split('/').at(-1)}: {detail}
        </p>
      ))}
      <ProblemList problems={lines} onGo={null} />
    </div>
  )
}

const NOTHING = { fields: [], lines: [] }

interface Input {
  readonly name: string
  readonly value: string
  readonly meta: PipelineView['inputMeta'][string] | undefined
  readonly isFirst: boolean
  readonly isMissing: boolean
  onChange(value: string): void
}

function InputField({ name, value, meta, isFirst, isMissing, onChange }: Input) {
  const label = meta?.mandatory ? `${name} (required)` : name
  return (
    <Field
      id={idOf(name)}
      label={label}
      error={isMissing ? `${name} has to be given` : undefined}
      hint={meta?.description}
    >
      <input
        id={idOf(name)}
        value={value}
        // biome-ignore lint/a11y/noAutofocus: the form was opened to fill it.
        autoFocus={isFirst}
        required={meta?.mandatory ?? false}
        autoComplete="off"
        spellCheck={false}
        onChange={({ target }) => onChange(target.value)}
        aria-invalid={isMissing}
        aria-describedby={`${idOf(name)}-error`}
      />
    </Field>
  )
}

function idOf(name: string): string {
  return `input-${name}`
}
