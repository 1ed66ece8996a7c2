import { useEffect, useRef, useState } from 'react'
import type { RunFilter } from '../api/runs.ts'
import { isFiltered } from './run-filter.ts'

interface Given {
  readonly filter: RunFilter
  onChange(changed: Partial<RunFilter>): void
}

const STATUSES = ['QUEUED', 'RUNNING', 'PAUSED', 'COMPLETED', 'FAILED', 'CANCELED']
const TYPING_MS = 250

export function FilterFields({ filter, onChange }: Given) {
  return (
    <search className="filters">
      <label>
        Kind
        <select value={filter.kind} onChange={({ target }) => onChange({ kind: target.value })}>
          <option value="">All</option>
          <option value="poll">Polls</option>
          <option value="execution">Executions</option>
        </select>
      </label>
      <label>
        Status
        <select value={filter.status} onChange={({ target }) => onChange({ status: target.value })}>
          <option value="">All</option>
          {STATUSES.map((one) => (
            <option key={one}>{one}</option>
          ))}
        </select>
      </label>
      <TypedFilter label="Name" value={filter.name} onChange={(name) => onChange({ name })} />
      <TypedFilter label="Pipeline" value={filter.pipeline} onChange={(pipeline) => onChange({ pipeline })} />
      <TypedFilter
        label="Text in name, id or host"
        className="grow"
        value={filter.text}
        onChange={(text) => onChange({ text })}
      />
      {isFiltered(filter) && (
        <button
          type="button"
          onClick={() => onChange({ kind: '', status: '', name: '', pipeline: '', text: '' })}
        >
          Show all
        </button>
      )}
    </search>
  )
}

interface Typed {
  readonly label: string
  readonly value: string
  readonly className?: string
  onChange(value: string): void
}

/** Asked once one pauses, not at every letter. */
function TypedFilter({ label, value, className, onChange }: Typed) {
  const [typed, setTyped] = useState(value)
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined)
  useEffect(() => setTyped(value), [value])
  const change = (text: string) => {
    setTyped(text)
    clearTimeout(timer.current)
    timer.current = setTimeout(() => onChange(text.trim()), TYPING_MS)
  }
  useEffect(() => () => clearTimeout(timer.current), [])
  return (
    <label className={className}>
      {label}
      <input type="search" value={typed} onChange={({ target }) => change(target.value)} />
    </label>
  )
}
