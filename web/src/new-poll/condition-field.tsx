import { type KeyboardEvent, useRef, useState } from 'react'
import type { Judged } from './check.ts'
import { allAt, type Completing, completingAt } from './completing.ts'
import { Field } from './field.tsx'
import { NameChoice } from './name-choice.tsx'
import type { Name } from './names.ts'

export interface ConditionFieldProps {
  readonly id: string
  readonly label: string
  readonly value: string
  readonly error: string | undefined
  /** What most likely is not meant. */
  readonly hints?: readonly string[]
  readonly judged: Judged | null
  readonly names: readonly Name[]
  readonly placeholder: string
  onChange(value: string): void
}

const WORDS = { holds: 'holds', 'does-not-hold': 'does not hold', error: 'cannot be decided' }

/** A condition as one types it: its error, or what it gives over the answer; names are offered, all of them by `$`. */
export function ConditionField(props: ConditionFieldProps) {
  const { id, label, value, error, hints = [], judged, names, placeholder, onChange } = props
  const area = useRef<HTMLTextAreaElement>(null)
  const [offer, setOffer] = useState<Completing | null>(null)
  const [active, setActive] = useState(-1)
  const open = (next: Completing | null, at: number) => {
    setOffer(next)
    setActive(next === null ? -1 : at)
  }
  const insert = (path: string) => {
    if (offer === null || area.current === null) return
    onChange(value.slice(0, offer.from) + path + value.slice(area.current.selectionEnd).replace(/^\}/, ''))
    open(null, -1)
    const place = offer.from + path.length
    requestAnimationFrame(() => {
      area.current?.focus()
      area.current?.setSelectionRange(place, place)
    })
  }
  const keys = (event: KeyboardEvent) => {
    if (offer === null) return
    const chosen = offer.names[active]
    if (event.key === 'Escape') open(null, -1)
    else if (event.key === 'ArrowDown') setActive((active + 1) % offer.names.length)
    else if (event.key === 'ArrowUp')
      setActive((Math.max(0, active) - 1 + offer.names.length) % offer.names.length)
    else if ((event.key === 'Enter' || event.key === 'Tab') && chosen !== undefined) insert(chosen.path)
    else return
    event.preventDefault()
  }
  const openAll = () => {
    const caret = area.current?.selectionStart ?? value.length
    open(offer === null ? allAt(caret, names) : null, 0)
    area.current?.focus()
  }
  return (
    <Field id={id} label={label} error={error}>
      <div className="with-button">
        <textarea
          ref={area}
          id={id}
          rows={2}
          value={value}
          placeholder={placeholder}
          spellCheck={false}
          onChange={({ target }) => {
            onChange(target.value)
            open(completingAt(target.value, target.selectionStart, names), -1)
          }}
          onKeyDown={keys}
          onBlur={() => open(null, -1)}
          aria-invalid={error !== undefined}
          aria-describedby={`${id}-error ${id}-judged`}
          aria-autocomplete="list"
          aria-haspopup="listbox"
          aria-controls={offer === null ? undefined : `${id}-names`}
          aria-activedescendant={active < 0 ? undefined : `${id}-name-${active}`}
        />
        <button
          type="button"
          className="square"
          aria-label={`Names for ${label}`}
          aria-expanded={offer !== null}
          // The text keeps the focus, so that what is offered stays open.
          onMouseDown={(event) => event.preventDefault()}
          onClick={openAll}
        >
          $
        </button>
      </div>
      {offer !== null && <NameChoice id={id} label={label} offer={offer} active={active} onChoose={insert} />}
      {hints.map((hint) => (
        <p key={hint} className="lint">
          {hint}
        </p>
      ))}
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
