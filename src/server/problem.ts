import type { Context } from 'hono'
import { BideError, type FieldProblem, InvalidTaskError } from '../core/errors.ts'

/** What an answer that is no success says: RFC 9457, `application/problem+json`. */
export interface Problem {
  readonly status:
    | 400
    | 401
    | 403
    | 404
    | 405
    | 409
    | 412
    | 413
    | 415
    | 421
    | 422
    | 429
    | 431
    | 500
    | 501
    | 503
    | 507
  /** The last part of `type`, which never changes. */
  readonly kind: string
  readonly title: string
  readonly detail?: string
  /** One a field that does not fit, or a place in a pipeline's text. */
  readonly errors?: readonly (FieldFault | TextFault)[]
  readonly headers?: Readonly<Record<string, string>>
}

/** `pointer` is a JSON pointer into the request's body. */
interface FieldFault {
  readonly pointer: string
  readonly detail: string
}

/** Lines and columns begin at 1. */
interface TextFault {
  readonly pointer: null
  readonly severity: 'error' | 'warning'
  readonly rule: string
  readonly message: string
  readonly hint: string | null
  readonly line: number
  readonly column: number
}

export function problem(context: Context, said: Problem): Response {
  const headers = { ...said.headers, 'content-type': 'application/problem+json' }
  return context.body(problemBody(said), said.status, headers)
}

/** As JSON. */
export function problemBody({ kind, headers, ...said }: Problem): string {
  return JSON.stringify({ type: `urn:bide:problem:${kind}`, ...said })
}

/** The one place where an error becomes an answer; null for a defect of ours. */
export function problemOf(error: unknown): Problem | null {
  if (error instanceof InvalidTaskError) {
    return {
      status: 422,
      kind: 'invalid-task',
      title: 'The poll does not fit',
      errors: error.problems.map(fieldError),
    }
  }
  if (error instanceof BideError && error.code === 'store') return UNKEPT
  return error instanceof ProblemError ? error.problem : null
}

const UNKEPT: Problem = {
  status: 503,
  kind: 'store-unavailable',
  title: 'The store cannot be written or read',
  detail: 'Nothing was accepted; try again later.',
  headers: { 'retry-after': '5' },
}

/** Thrown where a request cannot be answered otherwise. */
export class ProblemError extends Error {
  readonly problem: Problem

  constructor(problem: Problem) {
    super(problem.title)
    this.name = 'ProblemError'
    this.problem = problem
  }
}

export const DEFECT: Problem = { status: 500, kind: 'defect', title: 'A defect of bide; its log says more' }
export const NO_SUCH_POLL: Problem = { status: 404, kind: 'unknown-poll', title: 'There is no such poll' }

/** A header's name may hold dots, so only its first one divides. */
function fieldError({ path, message, hint }: FieldProblem) {
  const [first = '', ...rest] = path.split('.')
  const parts = path === 'task' ? [] : first === 'headers' ? [first, rest.join('.')] : [first, ...rest]
  const pointer = parts
    .filter((part) => part !== '')
    .map((part) => `/${part.replaceAll('~', '~0').replaceAll('/', '~1')}`)
    .join('')
  return { pointer, detail: hint === null ? message : `${message}; ${hint}` }
}
