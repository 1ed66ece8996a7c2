import './style/json.css'
import { useState } from 'react'

/** Parts of a value that are shown before one asks for more. */
const SHOWN = 100
const LONGEST_TEXT = 2000
/** Open from the beginning: so deep, and no longer than that. */
const OPEN_DEPTH = 2
const OPEN_LENGTH = 30

interface Node {
  readonly value: unknown
  readonly name?: string | number
  /** From the root. */
  readonly path?: readonly (string | number)[]
  /** Makes leaves and names buttons. */
  onPick?(path: readonly (string | number)[]): void
}

/** A JSON value that opens and closes; parts are made when they are opened, so that any size may come. */
export function JsonTree({ value, name, path = [], onPick }: Node) {
  const isLong = value !== null && typeof value === 'object'
  if (!isLong || sizeOf(value) === 0) {
    return (
      <div className="json-leaf">
        <Name name={name} />
        {onPick === undefined ? (
          <Leaf value={value} />
        ) : (
          <button type="button" className="pick" onClick={() => onPick(path)}>
            <Leaf value={value} />
          </button>
        )}
      </div>
    )
  }
  return (
    <Branch value={value} path={path} {...(name !== undefined && { name })} {...(onPick && { onPick })} />
  )
}

function Branch({ value, name, path = [], onPick }: Node & { value: object }) {
  const size = sizeOf(value)
  const [isOpen, setOpen] = useState(path.length < OPEN_DEPTH && size <= OPEN_LENGTH)
  const [shown, setShown] = useState(SHOWN)
  const [open, close] = Array.isArray(value) ? '[]' : '{}'
  return (
    <details className="json-branch" open={isOpen} onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary>
        <Name name={name} />
        <span className="quiet">
          {open}
          {isOpen ? '' : ` ${size} ${close}`}
        </span>
      </summary>
      {isOpen && (
        <div className="json-parts">
          {partsOf(value, shown).map(([key, part]) => (
            <JsonTree key={key} name={key} value={part} path={[...path, key]} {...(onPick && { onPick })} />
          ))}
          {size > shown && (
            <button type="button" className="small" onClick={() => setShown(shown + 10 * SHOWN)}>
              {size - shown} more
            </button>
          )}
        </div>
      )}
    </details>
  )
}

function Name({ name }: { name: string | number | undefined }) {
  return name === undefined ? null : <span className="json-name">{name}: </span>
}

function Leaf({ value }: { value: unknown }) {
  if (typeof value === 'object' && value !== null) return <span>{Array.isArray(value) ? '[]' : '{}'}</span>
  const text = typeof value === 'string' ? JSON.stringify(value) : String(value)
  return (
    <span className={`json-${value === null ? 'null' : typeof value}`}>
      {text.length > LONGEST_TEXT ? `${text.slice(0, LONGEST_TEXT)}…` : text}
    </span>
  )
}

function sizeOf(value: object): number {
  return Array.isArray(value) ? value.length : Object.keys(value).length
}

function partsOf(value: object, most: number): (readonly [string | number, unknown])[] {
  return Array.isArray(value)
    ? value.slice(0, most).map((part, index) => [index, part] as const)
    : Object.entries(value).slice(0, most)
}
