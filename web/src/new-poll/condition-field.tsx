import type { Judged } from './check.ts'
import { completingAt } from './completing.ts'
import { Field } from './field.tsx'
import type { Name } from './names.ts'
import { useOffer } from './use-offer.tsx'

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
  const { fieldProps, button, list } = useOffer<HTMLTextAreaElement>({
    id,
    label,
    value,
    names,
    noNames: 'Nothing is known of the answer yet: try it.',
    completingAt,
    onChange,
  })
  return (
    <Field id={id} label={label} error={error}>
      <div className="with-button">
        <textarea
          {...fieldProps}
          rows={2}
          placeholder={placeholder}
          spellCheck={false}
          aria-invalid={error !== undefined}
          aria-describedby={`${id}-error ${id}-judged`}
        />
        {button}
      </div>
      {list}
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
