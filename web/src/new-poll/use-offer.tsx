import { type KeyboardEvent, type ReactNode, useLayoutEffect, useRef, useState } from 'react'
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

/** That names are to be offered: all of them, or those that fit what stands before the caret. */
interface Asked {
  readonly caret: number
  readonly isAll: boolean
}

/** Offers names in a field as one types, and all of them by `$`: the field's part in it, the button, and the list. */
export function useOffer<Field extends HTMLInputElement | HTMLTextAreaElement>(offering: Offering) {
  const { id, label, value, names, noNames, completingAt, onChange } = offering
  const field = useRef<Field>(null)
  // What was asked is kept, not what was found: names that come later are offered too.
  const [asked, setAsked] = useState<Asked | null>(null)
  const [place, setPlace] = useState(-1)
  const offer = asked && (asked.isAll ? allAt(asked.caret, names) : completingAt(value, asked.caret, names))
  const active = offer === null ? -1 : Math.min(place, offer.names.length - 1)
  const open = (next: Asked | null, at: number) => {
    setAsked(next)
    setPlace(at)
  }
  const caretAfter = useRef<number | null>(null)
  // At once, not at the next frame: the next key is already one of the text.
  useLayoutEffect(() => {
    if (caretAfter.current === null) return
    field.current?.focus()
    field.current?.setSelectionRange(caretAfter.current, caretAfter.current)
    caretAfter.current = null
  })
  const insert = (path: string) => {
    if (offer === null || field.current === null) return
    const end = field.current.selectionEnd ?? value.length
    onChange(value.slice(0, offer.from) + path + value.slice(end).replace(/^\}/, ''))
    open(null, -1)
    caretAfter.current = offer.from + path.length
  }
  const onKeyDown = (event: KeyboardEvent) => {
    if (offer === null) return
    const chosen = offer.names[active]
    if (event.key === 'Escape') open(null, -1)
    else if (offer.names.length === 0) return
    else if (event.key === 'ArrowDown') setPlace((active + 1) % offer.names.length)
    else if (event.key === 'ArrowUp')
      setPlace((Math.max(0, active) - 1 + offer.names.length) % offer.names.length)
    else if ((event.key === 'Enter' || event.key === 'Tab') && chosen !== undefined) insert(chosen.path)
    else return
    event.preventDefault()
  }
  const openAll = () => {
    const caret = field.current?.selectionStart ?? value.length
    open(offer === null ? { caret, isAll: true } : null, 0)
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
        open({ caret: target.selectionStart ?? 0, isAll: false }, -1)
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
