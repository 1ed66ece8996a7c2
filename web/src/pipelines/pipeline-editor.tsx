import { useQueryClient } from '@tanstack/react-query'
import { useEffect, useState } from 'react'
import { useLocation } from 'wouter'
import type { PipelineShape } from '../../../src/pipeline/picture.ts'
import { announce } from '../announce.tsx'
import { useMay } from '../api/caller.ts'
import { type PipelineView, savePipeline } from '../api/pipelines.ts'
import { type LineProblem, ProblemError, sayError } from '../api/request.ts'
import { ProblemList, problemWords } from './problem-list.tsx'
import { useChecked } from './use-checked.ts'
import { YamlEditor } from './yaml-editor.tsx'

/** What was last read or written by this page. */
type Base = Pick<PipelineView, 'name' | 'text' | 'etag'>

interface Editing {
  readonly text: string
  /** The pipeline as it is kept; null for a new one. What changes of it later does not touch what is typed. */
  readonly kept: Base | null
  readonly goTo: { readonly line: number; readonly column: number } | null
  onClose(): void
  /** What is typed, as soon as it can be drawn. */
  readonly onDraft: ((shape: PipelineShape) => void) | null
}

/** The YAML of a pipeline: edited, checked as one types, and kept. */
export function PipelineEditor({ goTo, onClose, onDraft, ...opened }: Editing) {
  const mayEdit = useMay('editor')
  const [first] = useState(opened.text)
  const [kept, setKept] = useState(opened.kept)
  const [text, setText] = useState(first)
  const [place, setPlace] = useState(goTo)
  const { checked, surroundings } = useChecked(text)
  const saving = useSaving(kept, setKept)
  useEffect(() => setPlace(goTo), [goTo])
  useEffect(() => {
    if (checked?.shape) onDraft?.(checked.shape)
  }, [checked, onDraft])
  const problems = saving.refused?.text === text ? saving.refused.problems : (checked?.problems ?? NONE)
  const name = checked?.name ?? null
  const isOther = kept !== null && name !== null && name !== kept.name
  return (
    <section className="card" aria-labelledby="yaml">
      <div className="heading">
        <h2 id="yaml">{kept === null ? 'New pipeline' : 'YAML'}</h2>
        <p className="quiet tabular">{checked === null ? 'it is being checked' : problemWords(problems)}</p>
      </div>
      <YamlEditor
        text={first}
        label={kept === null ? 'YAML of the new pipeline' : `YAML of ${kept.name}`}
        problems={problems}
        surroundings={surroundings}
        goTo={place}
        isReadOnly={!mayEdit}
        onChange={setText}
      />
      <ProblemList problems={problems} onGo={({ line, column }) => setPlace({ line, column })} />
      <Failure saving={saving} onOverwrite={() => name !== null && saving.save(name, text, true)} />
      <div className="commands">
        {mayEdit && (
          <button
            type="button"
            className="primary"
            disabled={name === null || saving.isBusy || (kept !== null && text === kept.text)}
            onClick={() => name !== null && saving.save(name, text)}
          >
            {isOther ? `Save as ${name}` : 'Save'}
          </button>
        )}
        <button type="button" onClick={onClose}>
          {kept !== null && text === kept.text ? 'Close' : 'Discard'}
        </button>
        {mayEdit && (
          <span className="quiet hint">
            Ctrl+Space offers what may stand here; Escape, then Tab leaves the text.
          </span>
        )}
      </div>
    </section>
  )
}

const NONE: readonly LineProblem[] = []

function Failure({ saving, onOverwrite }: { saving: Saving; onOverwrite: () => void }) {
  if (saving.clash !== null)
    return (
      <div className="lost" role="alert">
        <p>{CLASHES[saving.clash]}</p>
        <button type="button" className="danger" onClick={onOverwrite}>
          Save mine all the same
        </button>
      </div>
    )
  return saving.error === null ? null : (
    <p className="error" role="alert">
      {sayError(saving.error)}
    </p>
  )
}

const CLASHES = {
  changed: 'It has been changed by somebody else since you opened it. Saving now would undo that.',
  taken: 'There is a pipeline of this name already. Saving now would replace it.',
}

interface Saving {
  readonly isBusy: boolean
  readonly error: unknown
  /** What the server found wrong, and with which text. */
  readonly refused: { readonly text: string; readonly problems: readonly LineProblem[] } | null
  /** What is there is not what would have been replaced. */
  readonly clash: keyof typeof CLASHES | null
  save(name: string, text: string, anyway?: boolean): Promise<void>
}

function useSaving(kept: Base | null, setKept: (base: Base) => void): Saving {
  const client = useQueryClient()
  const [, go] = useLocation()
  const [state, setState] = useState<Omit<Saving, 'save'>>(IDLE)
  const save = async (name: string, text: string, anyway = false) => {
    setState({ ...IDLE, isBusy: true })
    const own = kept?.name === name ? kept : null
    try {
      const { etag } = await savePipeline(name, text, anyway ? 'whatever' : (own ?? 'nothing'))
      setKept({ name, text, etag })
      announce(`${name} is saved.`)
      await client.invalidateQueries({ queryKey: ['pipeline', name] })
      client.invalidateQueries({ queryKey: ['pipelines'] })
      setState(IDLE)
      if (kept?.name !== name) go(`/pipelines/${encodeURIComponent(name)}`)
    } catch (error) {
      if (error instanceof ProblemError && error.status === 412)
        return setState({ ...IDLE, clash: own === null ? 'taken' : 'changed' })
      const problems = error instanceof ProblemError ? error.lines : []
      setState({ ...IDLE, error, refused: problems.length > 0 ? { text, problems } : null })
    }
  }
  return { ...state, save }
}

const IDLE = { isBusy: false, error: null, refused: null, clash: null }
