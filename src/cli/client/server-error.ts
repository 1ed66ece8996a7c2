import { BideError, type FieldProblem } from '../../core/errors.ts'
import type { ServerAddress } from './server-address.ts'

/** No answer came, or one that may be another in a moment: asking again can help. */
export class UnreachableError extends BideError {
  /** False where not even a connection was made: then nothing was done, and nobody is about to start. */
  readonly isThere: boolean

  constructor(message: string, { hint, isThere }: { hint: string | null; isThere: boolean }) {
    super('server-unreachable', message, { hint })
    this.name = 'UnreachableError'
    this.isThere = isThere
  }
}

/** The server has said no. */
export class RefusedError extends BideError {
  readonly status: number
  /** False where it was no server of bide that said so. */
  readonly isOfBide: boolean
  /** One a field of the body that does not fit. */
  readonly fields: readonly FieldProblem[]
  /** One a place in a pipeline's text. */
  readonly places: readonly PlaceProblem[]

  constructor(status: number, { message, hint, isOfBide = true, fields = [], places = [] }: Refusal) {
    super('server-refused', message, { hint })
    this.name = 'RefusedError'
    this.status = status
    this.isOfBide = isOfBide
    this.fields = fields
    this.places = places
  }
}

/** What is wrong in a pipeline's text, as the server says it. */
export interface PlaceProblem {
  readonly line: number
  readonly column: number
  readonly message: string
  readonly hint: string | null
  readonly severity: 'error' | 'warning'
}

interface Refusal {
  readonly message: string
  readonly hint: string | null
  readonly isOfBide?: boolean
  readonly fields?: readonly FieldProblem[]
  readonly places?: readonly PlaceProblem[]
}

/** An answer that is no success, as the error that says it. */
export function refusal({ url, token }: ServerAddress, status: number, body: unknown): BideError {
  const problem = isProblem(body) ? body : null
  if (status === 503) return unready(url, problem)
  if (problem === null) return notBide(url, status)
  const { title, detail } = problem
  const message = detail === undefined ? title : `${title}: ${detail}`
  if (status === 401) return new RefusedError(status, noToken(url, token))
  if (status === 403) return new RefusedError(status, { message, hint: 'use a token of that role' })
  const errors = problem.errors ?? []
  return new RefusedError(status, {
    message: [message, ...errors.map(errorLine)].join('\n'),
    hint: null,
    fields: errors.filter(isField).map(({ pointer, detail }) => ({
      path: pathOf(pointer),
      message: detail,
      hint: null,
    })),
    places: errors.filter(isPlace),
  })
}

/** An answer that no server of bide gives. */
export function notBide(url: string, status: number): RefusedError {
  return new RefusedError(status, {
    message: `${url} answered ${status}, but not as a server of bide does`,
    hint: 'is that its address? See --server and BIDE_SERVER',
    isOfBide: false,
  })
}

function unready(url: string, problem: ProblemBody | null): UnreachableError {
  const why = problem === null ? 'it starts or stops' : (problem.detail ?? problem.title)
  return new UnreachableError(`the server at ${url} is not ready: ${why}`, { hint: null, isThere: true })
}

function noToken(url: string, token: string | null): Refusal {
  return token === null
    ? {
        message: `the server at ${url} wants a token, and none was given`,
        hint: 'set BIDE_TOKEN, or name where it is by --token env:NAME or --token file:PATH',
      }
    : { message: `the server at ${url} does not know this token`, hint: 'see BIDE_TOKEN and --token' }
}

interface ProblemBody {
  readonly title: string
  readonly detail?: string
  readonly errors?: readonly (FieldError | PlaceProblem)[]
}

interface FieldError {
  readonly pointer: string
  readonly detail: string
}

function isProblem(body: unknown): body is ProblemBody {
  return body !== null && typeof body === 'object' && 'title' in body && typeof body.title === 'string'
}

function isField(error: FieldError | PlaceProblem): error is FieldError {
  return 'detail' in error && typeof error.pointer === 'string'
}

function isPlace(error: FieldError | PlaceProblem): error is PlaceProblem {
  return 'line' in error && typeof error.line === 'number'
}

function errorLine(error: FieldError | PlaceProblem): string {
  return isField(error)
    ? `  ${error.pointer || 'the body'}: ${error.detail}`
    : `  line ${error.line}, column ${error.column}: ${error.message}`
}

/** `/exitCriteria/success` -> `exitCriteria.success`, as the fields of a task are called here. */
function pathOf(pointer: string): string {
  const parts = pointer.split('/').slice(1)
  return parts.map((part) => part.replaceAll('~1', '/').replaceAll('~0', '~')).join('.') || 'task'
}
