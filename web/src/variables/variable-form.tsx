import { useQueryClient } from '@tanstack/react-query'
import { type FormEvent, useState } from 'react'
import { announce } from '../announce.tsx'
import { useMay } from '../api/caller.ts'
import { sayError } from '../api/request.ts'
import { saveVariable, type Variable, type VariableKind } from '../api/variables.ts'
import { Field, TextField } from '../new-poll/field.tsx'

const KINDS: Readonly<Record<VariableKind, string>> = {
  REGULAR: 'Shown to everybody who may look.',
  SECRET: 'Used by every pipeline, masked wherever it would be seen, never shown again.',
  RESTRICTED: 'As SECRET, and used only by runs that an admin starts.',
}

interface Editing {
  /** Null for a new one. */
  readonly variable: Variable | null
  readonly taken: readonly string[]
  onClose(): void
}

/** Sets a variable; a hidden value is written, and never read back. */
export function VariableForm({ variable, taken, onClose }: Editing) {
  const client = useQueryClient()
  const isAdmin = useMay('admin')
  const [name, setName] = useState(variable?.name ?? '')
  const [kind, setKind] = useState<VariableKind>(variable?.kind ?? 'REGULAR')
  const [value, setValue] = useState(variable?.value ?? '')
  const [description, setDescription] = useState(variable?.description ?? '')
  const [failure, setFailure] = useState<string | null>(null)
  const isTaken = variable === null && taken.includes(name)
  const save = async (event: FormEvent) => {
    event.preventDefault()
    if (name === '' || isTaken) return document.getElementById('variable-name')?.focus()
    try {
      await saveVariable(name, { kind, value, description })
      await client.invalidateQueries({ queryKey: ['variables'] })
      announce(`${name} is saved.`)
      onClose()
    } catch (error) {
      setFailure(sayError(error))
    }
  }
  return (
    <form className="card" aria-labelledby="variable" onSubmit={save} noValidate>
      <h2 id="variable">{variable === null ? 'New variable' : `Change ${variable.name}`}</h2>
      <div className="grid">
        {variable === null && (
          <TextField
            id="variable-name"
            label="Name (required)"
            value={name}
            isRequired
            error={isTaken ? 'there is one of this name; change that one' : undefined}
            onChange={setName}
          />
        )}
        <Field id="variable-kind" label="Kind" error={undefined} hint={KINDS[kind]}>
          <select
            id="variable-kind"
            value={kind}
            onChange={({ target }) => setKind(target.value as VariableKind)}
          >
            {(Object.keys(KINDS) as VariableKind[])
              .filter((one) => one !== 'RESTRICTED' || isAdmin)
              .map((one) => (
                <option key={one}>{one}</option>
              ))}
          </select>
        </Field>
        <Field id="variable-value" label="Value" error={undefined}>
          <input
            id="variable-value"
            type={kind === 'REGULAR' ? 'text' : 'password'}
            autoComplete="off"
            spellCheck={false}
            value={value}
            onChange={({ target }) => setValue(target.value)}
          />
        </Field>
        <TextField
          id="variable-description"
          label="Description"
          value={description}
          error={undefined}
          onChange={setDescription}
        />
      </div>
      {failure !== null && (
        <p className="error" role="alert">
          {failure}
        </p>
      )}
      <div className="commands last">
        <button type="submit" className="primary">
          Save
        </button>
        <button type="button" onClick={onClose}>
          Not now
        </button>
      </div>
    </form>
  )
}
