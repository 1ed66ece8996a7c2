import type { Problem } from '../../../src/pipeline/problem.ts'
import { token } from './token.ts'

/** An answer that is no success, as the server said it (RFC 9457). */
export class ProblemError extends Error {
  readonly status: number
  readonly detail: string | null
  /** By JSON pointer, as in `/exitCriteria/success`. */
  readonly fields: readonly { readonly pointer: string; readonly detail: string }[]
  /** What is wrong with a text that was sent, by its line. */
  readonly lines: readonly LineProblem[]

  constructor(status: number, said: Partial<Said>) {
    super(said.title ?? `The server answered ${status}`)
    this.name = 'ProblemError'
    this.status = status
    this.detail = said.detail ?? null
    const errors = said.errors ?? []
    this.fields = errors.filter((error): error is FieldSaid => 'detail' in error)
    this.lines = errors.filter((error): error is LineProblem => 'line' in error)
  }
}

interface Said {
  readonly title: string
  readonly detail: string
  readonly errors: readonly (FieldSaid | LineProblem)[]
}

type FieldSaid = ProblemError['fields'][number]

/** One thing that is wrong with a text, as the server and the checks in the page say it. */
export type LineProblem = Pick<Problem, 'severity' | 'rule' | 'message' | 'hint' | 'line' | 'column'>

interface Asked {
  /** GET, and POST where there is a body. */
  readonly method?: 'GET' | 'POST' | 'PUT' | 'DELETE'
  /** Sent as JSON. */
  readonly body?: unknown
  /** Sent as it is. */
  readonly yaml?: string
  readonly headers?: Readonly<Record<string, string>>
  readonly post?: boolean
  readonly signal?: AbortSignal
}

/** Asks the API. @throws ProblemError where it does not succeed, TypeError where the server cannot be reached. */
export async function request<T>(path: string, asked: Asked = {}): Promise<T> {
  const { body, yaml, post = body !== undefined, method = post ? 'POST' : 'GET', headers, signal } = asked
  const type = body !== undefined ? 'application/json' : yaml !== undefined ? 'application/yaml' : null
  const sent = body !== undefined ? JSON.stringify(body) : yaml
  const response = await fetch(`/api/v1${path}`, {
    method,
    headers: { ...authorization(), ...headers, ...(type !== null && { 'content-type': type }) },
    ...(sent !== undefined && { body: sent }),
    ...(signal && { signal }),
  })
  if (!response.ok) throw await problemOf(response)
  return (response.status === 204 ? undefined : await response.json()) as T
}

export function authorization(): Record<string, string> {
  const own = token.get()
  return own === null ? {} : { authorization: `Bearer ${own}` }
}

export async function problemOf(response: Response): Promise<ProblemError> {
  const said = await response.json().catch(() => ({}))
  return new ProblemError(response.status, said as Partial<Said>)
}

/** What went wrong, as a sentence. */
export function sayError(error: unknown): string {
  if (error instanceof ProblemError)
    return error.detail === null ? error.message : `${error.message}. ${error.detail}`
  if (error instanceof DOMException && error.name === 'AbortError') return 'It was stopped.'
  return 'The server cannot be reached.'
}
