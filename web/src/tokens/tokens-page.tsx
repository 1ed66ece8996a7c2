import { useQueryClient } from '@tanstack/react-query'
import { type FormEvent, useState } from 'react'
import type { Role } from '../../../src/server/tokens.ts'
import { announce } from '../announce.tsx'
import { useMay } from '../api/caller.ts'
import { sayError } from '../api/request.ts'
import { createToken, revokeToken, type TokenRow, useTokens } from '../api/server-tokens.ts'
import { ConfirmedButton } from '../confirmed-button.tsx'
import { Field, TextField } from '../new-poll/field.tsx'
import '../style/tables.css'
import '../style/tokens.css'
import { clock, count, fullTime } from '../words.ts'

const ROLES: Readonly<Record<Role, string>> = {
  viewer: 'Looks, and changes nothing.',
  runner: 'Also starts, pauses and cancels polls and executions.',
  editor: 'Also writes pipelines and variables.',
  admin: 'Also sees to tokens and RESTRICTED variables.',
}

/** Who may use this server. */
export function TokensPage() {
  const isAdmin = useMay('admin')
  return (
    <>
      <div className="heading">
        <h1>Tokens</h1>
      </div>
      {isAdmin ? <Tokens /> : <p className="quiet">Only an admin sees to tokens.</p>}
    </>
  )
}

function Tokens() {
  const tokens = useTokens()
  const rows = tokens.data ?? []
  return (
    <>
      <NewToken taken={rows.map(({ name }) => name)} />
      {tokens.error && (
        <p className="lost" role="alert">
          {sayError(tokens.error)}
        </p>
      )}
      <h2>{tokens.data && count(rows.length, 'token')}</h2>
      {rows.length > 0 && <TokenTable rows={rows} />}
      {tokens.data && rows.length === 0 && (
        <p className="quiet">
          A server that has a token when it starts asks everybody for theirs. Until then, whoever works on
          this machine may do all.
        </p>
      )}
    </>
  )
}

function NewToken({ taken }: { taken: readonly string[] }) {
  const client = useQueryClient()
  const [name, setName] = useState('')
  const [role, setRole] = useState<Role>('viewer')
  const [made, setMade] = useState<{ name: string; token: string } | null>(null)
  const [failure, setFailure] = useState<string | null>(null)
  const isTaken = taken.includes(name)
  const create = async (event: FormEvent) => {
    event.preventDefault()
    if (name === '' || isTaken) return document.getElementById('token-name')?.focus()
    try {
      setMade(await createToken(name, role))
      setName('')
      setFailure(null)
      await client.invalidateQueries({ queryKey: ['tokens'] })
    } catch (error) {
      setFailure(sayError(error))
    }
  }
  return (
    <form className="card" aria-labelledby="new-token" onSubmit={create} noValidate>
      <h2 id="new-token">New token</h2>
      <div className="grid">
        <TextField
          id="token-name"
          label="Name (required)"
          value={name}
          isRequired
          hint="Letters, digits and . _ @ -"
          error={isTaken ? 'there is a token of this name' : undefined}
          onChange={setName}
        />
        <Field id="token-role" label="Role" error={undefined} hint={ROLES[role]}>
          <select id="token-role" value={role} onChange={({ target }) => setRole(target.value as Role)}>
            {Object.keys(ROLES).map((one) => (
              <option key={one}>{one}</option>
            ))}
          </select>
        </Field>
      </div>
      <button type="submit" className="primary">
        Create
      </button>
      {failure !== null && (
        <p className="error" role="alert">
          {failure}
        </p>
      )}
      {made !== null && <Made made={made} onClose={() => setMade(null)} />}
    </form>
  )
}

function Made({
  made: { name, token },
  onClose,
}: {
  made: { name: string; token: string }
  onClose: () => void
}) {
  const [isCopied, setCopied] = useState(false)
  const copy = () =>
    // Only in secure contexts; elsewhere the text can be marked by hand.
    navigator.clipboard?.writeText(token).then(
      () => {
        setCopied(true)
        announce('The token is copied.')
      },
      () => {},
    )
  return (
    <div className="made" role="status">
      <p>
        The token of <strong>{name}</strong>. It is shown this once: keep it now.
      </p>
      <p>
        <code className="secret">{token}</code>
      </p>
      <div className="commands last">
        <button type="button" onClick={copy}>
          {isCopied ? 'Copied' : 'Copy'}
        </button>
        <button type="button" onClick={onClose}>
          I have it
        </button>
      </div>
    </div>
  )
}

function TokenTable({ rows }: { rows: readonly TokenRow[] }) {
  const client = useQueryClient()
  return (
    <div className="table-box">
      <table>
        <thead>
          <tr>
            <th scope="col">Name</th>
            <th scope="col">Role</th>
            <th scope="col">Created</th>
            <th scope="col">
              <span className="hidden">Commands</span>
            </th>
          </tr>
        </thead>
        <tbody>
          {rows.map(({ name, role, createdAt, createdBy }) => (
            <tr key={name}>
              <th scope="row">{name}</th>
              <td>{role}</td>
              <td className="tabular" title={fullTime(createdAt)}>
                {clock(createdAt)}
                <span className="quiet under">by {createdBy}</span>
              </td>
              <td className="end">
                <ConfirmedButton
                  label="Revoke"
                  what={name}
                  confirmed="Yes, revoke it"
                  run={async () => {
                    await revokeToken(name)
                    await client.invalidateQueries({ queryKey: ['tokens'] })
                  }}
                />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  )
}
