import { useQueryClient } from '@tanstack/react-query'
import { type FormEvent, useState } from 'react'
import { request, sayError } from './api/request.ts'
import { token } from './api/token.ts'

/** Asks for a token where the server wants one. */
export function SignIn() {
  const client = useQueryClient()
  const [value, setValue] = useState('')
  const [error, setError] = useState<string | null>(null)
  const signIn = async (event: FormEvent) => {
    event.preventDefault()
    token.set(value.trim())
    try {
      await request('/me')
      client.setQueryData(['needs-token'], false)
      await client.invalidateQueries()
    } catch (cause) {
      token.clear()
      setError(sayError(cause))
    }
  }
  return (
    <form className="card narrow" onSubmit={signIn}>
      <h1>Sign in</h1>
      <p>This server asks for a token. It is kept in this tab only.</p>
      <label htmlFor="token">Token</label>
      <input
        id="token"
        type="password"
        autoComplete="off"
        value={value}
        onChange={({ target }) => setValue(target.value)}
        aria-invalid={error !== null}
        aria-describedby="token-error"
      />
      <p id="token-error" className="error" role="alert">
        {error}
      </p>
      <button type="submit" className="primary">
        Sign in
      </button>
    </form>
  )
}
