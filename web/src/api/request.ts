import { token } from './token.ts'

/** An answer that is no success, as the server said it (RFC 9457). */
export class ProblemError extends Error {
  readonly status: number
  readonly detail: string | null
  /** By JSON pointer, as in `/exitCriteria/success`. */
  readonly fields: readonly { readonly pointer: string; readonly detail: string }[]

  constructor(status: number, said: Partial<Said>) {
    super(said.title ?? `The server answered ${status}`)
    this.name = 'ProblemError'
    this.status = status
    this.detail = said.detail ?? null
    this.fields = said.errors ?? []
  }
}

interface Said {
  readonly title: string
  readonly detail: string
  readonly errors: ProblemError['fields']
}

/** Asks the API. @throws ProblemError where it does not succeed, TypeError where the server cannot be reached. */
export async function request<T>(
  path: string,
  options: { body?: unknown; post?: boolean; signal?: AbortSignal } = {},
) {
  const { body, post = body !== undefined, signal } = options
  const response = await fetch(`/api/v1${path}`, {
    method: post ? 'POST' : 'GET',
    headers: { ...authorization(), ...(body !== undefined && { 'content-type': 'application/json' }) },
    ...(body !== undefined && { body: JSON.stringify(body) }),
    ...(signal && { signal }),
  })
  if (!response.ok) throw await problemOf(response)
  return (await response.json()) as T
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
