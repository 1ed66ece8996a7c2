import { type KeyboardEvent, useRef, useState } from 'react'
import type { Judged } from './check.ts'
import { Field } from './field.tsx'
import type { Name } from './names.ts'

interface Conditional {
  readonly id: string
  readonly label: string
  readonly value: string
  readonly error: string | undefined
  readonly judged: Judged | null
  readonly names: readonly Name[]
  readonly placeholder: string
  onChange(value: string): void
}

const WORDS = { holds: 'holds', 'does-not-hold': 'does not hold', error: 'cannot be decided' }

/** A condition as one types it: its error, or what it gives over the answer; `$` offers names. */
export function ConditionField({
  id,
  label,
  value,
  error,
  judged,
  names,
  placeholder,
  onChange,
}: Conditional) {
  const area = useRef<HTMLTextAreaElement>(null)
  const [isOpen, setOpen] = useState(false)
  const insert = (path: string) => {
    const [from, to] = [
      area.current?.selectionStart ?? value.length,
      area.current?.selectionEnd ?? value.length,
    ]
    onChange(value.slice(0, from) + path + value.slice(to))
    setOpen(false)
    const place = from + path.length
    requestAnimationFrame(() => {
      area.current?.focus()
      area.current?.setSelectionRange(place, place)
    })
  }
  return (
    <Field id={id} label={label} error={error}>
      <div className="with-button">
        <textarea
          ref={area}
          id={id}
          rows={3}
          value={value}
          placeholder={placeholder}
          spellCheck={false}
          onChange={({ target }) => onChange(target.value)}
          aria-invalid={error !== undefined}
          aria-describedby={`${id}-error ${id}-judged`}
        />
        <button
          type="button"
          className="square"
          aria-label={`Names for ${label}`}
          aria-expanded={isOpen}
          onClick={() => setOpen(!isOpen)}
        >
          $
        </button>
      </div>
      {isOpen && <NameChoice names={names} onChoose={insert} onClose={() => setOpen(false)} />}
      <p id={`${id}-judged`} className={`judged ${judged?.kind ?? ''}`}>
        {judged && error === undefined && (
          <>
            <strong>{WORDS[judged.kind]}</strong> over the answer: <code>{judged.sentence}</code>
          </>
        )}
      </p>
    </Field>
  )
}

interface Choice {
  readonly names: readonly Name[]
  onChoose(path: string): void
  onClose(): void
}

function NameChoice({ names, onChoose, onClose }: Choice) {
  const keys = (event: KeyboardEvent<HTMLUListElement>) => {
    if (event.key === 'Escape') onClose()
    if (event.key !== 'ArrowDown' && event.key !== 'ArrowUp') return
    event.preventDefault()
    const buttons = [...event.currentTarget.querySelectorAll('button')]
    const at = buttons.indexOf(document.activeElement as HTMLButtonElement)
    buttons[(at + (event.key === 'ArrowDown' ? 1 : -1) + buttons.length) % buttons.length]?.focus()
  }
  return (
    <ul className="names" onKeyDown={keys}>
      {names.map(({ path, value }, index) => (
        <li key={path}>
          {/* biome-ignore lint/a11y/noAutofocus: it was opened by the button before it. */}
          <button type="button" autoFocus={index === 0} onClick={() => onChoose(path)}>
            <code>{path}</code> <span className="quiet">{value}</span>
          </button>
        </li>
      ))}
    </ul>
  )
}
