import { type HeaderRow, headerRow } from './draft.ts'

interface Headers {
  readonly rows: readonly HeaderRow[]
  readonly errors: Readonly<Record<string, string>>
  onChange(rows: readonly HeaderRow[]): void
}

/** Rows of name and value, with + and -. */
export function HeadersField({ rows, errors, onChange }: Headers) {
  const change = (key: number, part: Partial<HeaderRow>) =>
    onChange(rows.map((row) => (row.key === key ? { ...row, ...part } : row)))
  return (
    <fieldset className="headers">
      <legend>Headers</legend>
      {rows.map(({ key, name, value }, index) => (
        <div key={key} className="header-row">
          <input
            aria-label={`Name of header ${index + 1}`}
            placeholder="Name"
            value={name}
            autoComplete="off"
            spellCheck={false}
            aria-invalid={errors[`headers.${name}`] !== undefined}
            onChange={({ target }) => change(key, { name: target.value })}
          />
          <input
            aria-label={`Value of header ${index + 1}`}
            placeholder="Value"
            value={value}
            autoComplete="off"
            spellCheck={false}
            onChange={({ target }) => change(key, { value: target.value })}
          />
          <button
            type="button"
            className="square"
            aria-label={`Remove header ${name || index + 1}`}
            onClick={() => onChange(rows.filter((row) => row.key !== key))}
          >
            −
          </button>
          {errors[`headers.${name}`] && <p className="error">{errors[`headers.${name}`]}</p>}
        </div>
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
