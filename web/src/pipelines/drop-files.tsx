import { useQueryClient } from '@tanstack/react-query'
import { type DragEvent, type ReactNode, useRef, useState } from 'react'
import { Link } from 'wouter'
import { announce } from '../announce.tsx'
import { count } from '../words.ts'
import type { Imported } from './import-files.ts'
import { ProblemList } from './problem-list.tsx'

interface Dropping {
  /** Names of pipelines that are there. */
  readonly known: readonly string[]
  readonly children: ReactNode
}

/** Takes files of pipelines: dropped anywhere on what it surrounds, or chosen by a button. */
export function DropFiles({ known, children }: Dropping) {
  const client = useQueryClient()
  const input = useRef<HTMLInputElement>(null)
  const [isOver, setOver] = useState(false)
  const [imported, setImported] = useState<readonly Imported[] | null>(null)
  const take = async (files: readonly File[]) => {
    if (files.length === 0) return
    const { importFiles } = await import('./import-files.ts')
    const outcomes = await importFiles(files, known)
    setImported(outcomes)
    announce(summary(outcomes))
    await client.invalidateQueries({ queryKey: ['pipelines'] })
  }
  const over = (event: DragEvent) => {
    if (!event.dataTransfer.types.includes('Files')) return
    event.preventDefault()
    setOver(true)
  }
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: what is dropped here can be chosen by the button as well.
    <div
      className={isOver ? 'drop over' : 'drop'}
      onDragOver={over}
      onDragLeave={({ relatedTarget, currentTarget }) =>
        !currentTarget.contains(relatedTarget as Node | null) && setOver(false)
      }
      onDrop={(event) => {
        event.preventDefault()
        setOver(false)
        take([...event.dataTransfer.files])
      }}
    >
      <p className="drop-hint">
        <button type="button" onClick={() => input.current?.click()}>
          Import files…
        </button>{' '}
        <span className="quiet">or drop files of YAML or JSON here; a file may hold several pipelines.</span>
      </p>
      <input
        ref={input}
        type="file"
        multiple
        accept=".yaml,.yml,.json"
        hidden
        aria-label="Files of pipelines"
        onChange={({ target }) => {
          take([...(target.files ?? [])])
          target.value = ''
        }}
      />
      {imported && <Outcomes imported={imported} onClose={() => setImported(null)} />}
      {children}
    </div>
  )
}

function Outcomes({ imported, onClose }: { imported: readonly Imported[]; onClose: () => void }) {
  return (
    <section className="card" aria-labelledby="imported">
      <div className="heading">
        <h2 id="imported">{summary(imported)}</h2>
        <button type="button" onClick={onClose}>
          Close
        </button>
      </div>
      {imported.map(({ file, names, problems, failure }) => (
        <div key={file} className="imported">
          <h3>
            <code>{file}</code>
          </h3>
          <p>
            {names.length === 0 ? 'Nothing of it is kept.' : `${count(names.length, 'pipeline')} kept: `}
            {names.map((name, at) => (
              <span key={name}>
                {at > 0 && ', '}
                <Link href={`/pipelines/${encodeURIComponent(name)}`}>{name}</Link>
              </span>
            ))}
          </p>
          {failure !== null && <p className="error">{failure}</p>}
          <ProblemList problems={problems} onGo={null} />
        </div>
      ))}
    </section>
  )
}

function summary(imported: readonly Imported[]): string {
  const kept = imported.reduce((sum, { names }) => sum + names.length, 0)
  const wrong = imported.filter(({ names, failure }) => names.length === 0 || failure !== null).length
  const all = `${count(kept, 'pipeline')} of ${count(imported.length, 'file')} kept`
  return wrong === 0 ? all : `${all}; ${count(wrong, 'file')} not, or not whole`
}
