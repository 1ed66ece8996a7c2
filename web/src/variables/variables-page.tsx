import { useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { useMay } from '../api/caller.ts'
import { sayError } from '../api/request.ts'
import { removeVariable, useVariables, type Variable } from '../api/variables.ts'
import { ConfirmedButton } from '../confirmed-button.tsx'
import '../style/tables.css'
import { clock, count, fullTime } from '../words.ts'
import { VariableForm } from './variable-form.tsx'

/** Values that pipelines use by name. */
export function VariablesPage() {
  const variables = useVariables()
  const mayEdit = useMay('editor')
  const [edited, setEdited] = useState<Variable | 'new' | null>(null)
  const rows = variables.data ?? []
  return (
    <>
      <div className="heading">
        <h1>Variables</h1>
        <p className="quiet tabular">{variables.data && count(rows.length, 'variable')}</p>
        {mayEdit && edited === null && (
          <button type="button" className="primary to-end" onClick={() => setEdited('new')}>
            New variable
          </button>
        )}
      </div>
      <p className="quiet">
        Pipelines and polls have them as <code>{'${var.name}'}</code>. What is SECRET or RESTRICTED is never
        shown again.
      </p>
      {variables.error && (
        <p className="lost" role="alert">
          {sayError(variables.error)}
        </p>
      )}
      {edited !== null && (
        <VariableForm
          key={edited === 'new' ? '' : edited.name}
          variable={edited === 'new' ? null : edited}
          taken={rows.map(({ name }) => name)}
          onClose={() => setEdited(null)}
        />
      )}
      {variables.data && rows.length === 0 && edited === null && (
        <section className="card empty">
          <h2>There is no variable yet</h2>
          <p>Keep here what several pipelines share: the address of a server, a token.</p>
        </section>
      )}
      {rows.length > 0 && <VariableTable rows={rows} mayEdit={mayEdit} onEdit={setEdited} />}
    </>
  )
}

interface Listed {
  readonly rows: readonly Variable[]
  readonly mayEdit: boolean
  onEdit(variable: Variable): void
}

function VariableTable({ rows, mayEdit, onEdit }: Listed) {
  return (
    <div className="table-box">
      <table>
        <thead>
          <tr>
            <th scope="col">Name</th>
            <th scope="col">Kind</th>
            <th scope="col">Value</th>
            <th scope="col">Changed</th>
            {mayEdit && (
              <th scope="col">
                <span className="hidden">Commands</span>
              </th>
            )}
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <Row key={row.name} row={row} mayEdit={mayEdit} onEdit={onEdit} />
          ))}
        </tbody>
      </table>
    </div>
  )
}

function Row({ row, mayEdit, onEdit }: Omit<Listed, 'rows'> & { row: Variable }) {
  const client = useQueryClient()
  const isAdmin = useMay('admin')
  const { name, kind, description, updatedAt, value } = row
  return (
    <tr>
      <th scope="row">
        <code>{name}</code>
        {description !== '' && <span className="quiet under">{description}</span>}
      </th>
      <td>
        <span className="tag">{kind}</span>
      </td>
      <td className="message">
        {value === null ? <span className="quiet">hidden</span> : <code>{value}</code>}
      </td>
      <td className="tabular" title={fullTime(updatedAt)}>
        {clock(updatedAt)}
      </td>
      {mayEdit && (
        <td className="end">
          {(kind !== 'RESTRICTED' || isAdmin) && (
            <span className="row-commands">
              <button type="button" onClick={() => onEdit(row)} aria-label={`Change ${name}`}>
                Change
              </button>
              <ConfirmedButton
                label="Delete"
                what={name}
                confirmed="Yes, delete it"
                run={async () => {
                  await removeVariable(name)
                  await client.invalidateQueries({ queryKey: ['variables'] })
                }}
              />
            </span>
          )}
        </td>
      )}
    </tr>
  )
}
