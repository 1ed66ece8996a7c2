import type { ReactNode } from 'react'

/** A label, what is typed, and what is wrong with it, at the field. */
export function Field({ id, label, error, hint, children }: Labelled & { children: ReactNode }) {
  return (
    <div className="field">
      <label htmlFor={id}>{label}</label>
      {children}
      {hint && <p className="quiet hint">{hint}</p>}
      <p id={`${id}-error`} className="error">
        {error}
      </p>
    </div>
  )
}

export interface Labelled {
  readonly id: string
  readonly label: ReactNode
  readonly error: string | undefined
  readonly hint?: ReactNode
}

interface Typed extends Labelled {
  readonly value: string
  readonly placeholder?: string
  readonly inputMode?: 'numeric' | 'decimal' | 'url'
  readonly isRequired?: boolean
  onChange(value: string): void
}

export function TextField({ value, onChange, placeholder, inputMode, isRequired, ...labelled }: Typed) {
  return (
    <Field {...labelled}>
      <input
        id={labelled.id}
        value={value}
        placeholder={placeholder}
        inputMode={inputMode}
        required={isRequired}
        autoComplete="off"
        spellCheck={false}
        onChange={({ target }) => onChange(target.value)}
        aria-invalid={labelled.error !== undefined}
        aria-describedby={`${labelled.id}-error`}
      />
    </Field>
  )
}
