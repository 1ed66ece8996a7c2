import { NO_VARIABLES } from './binding-field.tsx'
import { completingBindingAt } from './completing.ts'
import { type HeaderRow, headerRow } from './draft.ts'
import type { Name } from './names.ts'
import { useOffer } from './use-offer.tsx'

interface Headers {
  readonly rows: readonly HeaderRow[]
  /** Variables that a value may hold. */
  readonly names: readonly Name[]
  readonly errors: Readonly<Record<string, string>>
  onChange(rows: readonly HeaderRow[]): void
}

/** Rows of name and value, with + and -. */
export function HeadersField({ rows, names, errors, onChange }: Headers) {
  const change = (key: number, part: Partial<HeaderRow>) =>
    onChange(rows.map((row) => (row.key === key ? { ...row, ...part } : row)))
  return (
    <fieldset className="headers">
      <legend>Headers</legend>
      {rows.map((row, index) => (
        <HeaderFields
          key={row.key}
          row={row}
          number={index + 1}
          names={names}
          error={errors[`headers.${row.name}`]}
          onChange={(part) => change(row.key, part)}
          onRemove={() => onChange(rows.filter(({ key }) => key !== row.key))}
        />
      ))}
      <button
        type="button"
        className="square"
        aria-label="Add a header"
        onClick={() => onChange([...rows, headerRow()])}
      >
        +
      </button>
    </fieldset>
  )
}

interface OfOne {
  readonly row: HeaderRow
  readonly number: number
  readonly names: readonly Name[]
  readonly error: string | undefined
  onChange(part: Partial<HeaderRow>): void
  onRemove(): void
}

function HeaderFields({ row: { key, name, value }, number, names, error, onChange, onRemove }: OfOne) {
  const { fieldProps, button, list } = useOffer<HTMLInputElement>({
    id: `header-${key}`,
    label: `header ${number}`,
    value,
    names,
    noNames: NO_VARIABLES,
    completingAt: completingBindingAt,
    onChange: (text) => onChange({ value: text }),
  })
  return (
    <div className="header-row">
      <input
        aria-label={`Name of header ${number}`}
        placeholder="Name"
        value={name}
        autoComplete="off"
        spellCheck={false}
        aria-invalid={error !== undefined}
        onChange={({ target }) => onChange({ name: target.value })}
      />
      <input
        {...fieldProps}
        aria-label={`Value of header ${number}`}
        placeholder="Value"
        autoComplete="off"
        spellCheck={false}
      />
      {button}
      <button
        type="button"
        className="square"
        aria-label={`Remove header ${name || number}`}
        onClick={onRemove}
      >
        −
      </button>
      {list}
      {error && <p className="error">{error}</p>}
    </div>
  )
}
