import { completingBindingAt } from './completing.ts'
import { Field, type Labelled } from './field.tsx'
import type { Name } from './names.ts'
import { useOffer } from './use-offer.tsx'

export interface Bound {
  readonly value: string
  readonly names: readonly Name[]
  readonly placeholder?: string
  readonly isRequired?: boolean
  onChange(value: string): void
}

/** What is said where a field may hold variables, and there are none. */
export const NO_VARIABLES = 'No variable may stand here yet: they are kept under Variables.'

/** A text that may hold variables, as `${var.NAME}`. */
export function BindingField({
  value,
  names,
  placeholder,
  isRequired,
  onChange,
  ...labelled
}: Labelled & Bound) {
  const { id, label, error } = labelled
  const { fieldProps, button, list } = useOffer<HTMLInputElement>({
    id,
    label: String(label).replace(' (required)', ''),
    value,
    names,
    noNames: NO_VARIABLES,
    completingAt: completingBindingAt,
    onChange,
  })
  return (
    <Field {...labelled}>
      <div className="with-button">
        <input
          {...fieldProps}
          placeholder={placeholder}
          required={isRequired}
          autoComplete="off"
          spellCheck={false}
          aria-invalid={error !== undefined}
          aria-describedby={`${id}-error`}
        />
        {button}
      </div>
      {list}
    </Field>
  )
}
