import { type KeyboardEvent, type ReactNode, useRef, useState } from 'react'
import { allAt, type Completing } from './completing.ts'
import { NameChoice } from './name-choice.tsx'
import type { Name } from './names.ts'

interface Offering {
  readonly id: string
  readonly label: string
  readonly value: string
  readonly names: readonly Name[]
  /** What is said where there are none. */
  readonly noNames: string
  /** What fits before the caret; null where nothing is to be offered. */
  completingAt(text: string, caret: number, names: readonly Name[]): Completing | null
  onChange(value: string): void
}

/** Offers names in a field as one types, and all of them by `$`: the field's part in it, the button, and the list. */
export function useOffer<Field extends HTMLInputElement | HTMLTextAreaElement>(offering: Offering) {
  const { id, label, value, names, noNames, completingAt, onChange } = offering
  const field = useRef<Field>(null)
  const [offer, setOffer] = useState<Completing | null>(null)
  const [active, setActive] = useState(-1)
  const open = (next: Completing | null, at: number) => {
    setOffer(next)
    setActive(next === null || next.names.length === 0 ? -1 : at)
  }
  const insert = (path: string) => {
    if (offer === null || field.current === null) return
    const end = field.current.selectionEnd ?? value.length
    onChange(value.slice(0, offer.from) + path + value.slice(end).replace(/^\}/, ''))
    open(null, -1)
    const place = offer.from + path.length
    requestAnimationFrame(() => {
      field.current?.focus()
      field.current?.setSelectionRange(place, place)
    })
  }
  const onKeyDown = (event: KeyboardEvent) => {
    if (offer === null) return
    const chosen = offer.names[active]
    if (event.key === 'Escape') open(null, -1)
    else if (offer.names.length === 0) return
    else if (event.key === 'ArrowDown') setActive((active + 1) % offer.names.length)
    else if (event.key === 'ArrowUp')
      setActive((Math.max(0, active) - 1 + offer.names.length) % offer.names.length)
    else if ((event.key === 'Enter' || event.key === 'Tab') && chosen !== undefined) insert(chosen.path)
    else return
    event.preventDefault()
  }
  const openAll = () => {
    const caret = field.current?.selectionStart ?? value.length
    open(offer === null ? allAt(caret, names) : null, 0)
    field.current?.focus()
  }
  const button: ReactNode = (
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
  )
  const list: ReactNode = offer !== null && (
    <NameChoice id={id} label={label} offer={offer} active={active} noNames={noNames} onChoose={insert} />
  )
  return {
    button,
    list,
    fieldProps: {
      ref: field,
      id,
      value,
      onChange: ({ target }: { target: Field }) => {
        onChange(target.value)
        open(completingAt(target.value, target.selectionStart ?? 0, names), -1)
      },
      onKeyDown,
      onBlur: () => open(null, -1),
      'aria-autocomplete': 'list',
      'aria-haspopup': 'listbox',
      'aria-controls': offer === null ? undefined : `${id}-names`,
      'aria-activedescendant': active < 0 ? undefined : `${id}-name-${active}`,
    } as const,
  }
}
