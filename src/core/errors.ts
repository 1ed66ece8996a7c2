/** Every error that bide throws on purpose has one of these codes; no decision ever reads a message. */
export type BideErrorCode =
  | 'invalid-task'
  | 'invalid-condition'
  | 'invalid-binding'
  | 'invalid-file'
  | 'invalid-usage'
  | 'unresolved-binding'
  | 'state-mismatch'
  | 'store'
  | 'server-unreachable'
  | 'server-refused'
  | 'defect'

/** Misuse or broken surroundings. How a job ended is never thrown: it is an outcome. */
export class BideError extends Error {
  readonly code: BideErrorCode
  /** What to do about it, as a sentence. */
  readonly hint: string | null

  constructor(code: BideErrorCode, message: string, options: { hint?: string | null; cause?: unknown } = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause })
    this.name = 'BideError'
    this.code = code
    this.hint = options.hint ?? null
  }
}

/** One thing that is wrong with one field of a task; `path` is dotted, as in `exitCriteria.success`. */
export interface FieldProblem {
  readonly path: string
  readonly message: string
  readonly hint: string | null
}

/** A task whose fields do not fit; holds every problem, not only the first. */
export class InvalidTaskError extends BideError {
  readonly problems: readonly FieldProblem[]

  constructor(problems: readonly FieldProblem[]) {
    super(
      'invalid-task',
      problems.map((p) => `${p.path}: ${p.message}${p.hint ? ` (${p.hint})` : ''}`).join('\n'),
    )
    this.name = 'InvalidTaskError'
    this.problems = problems
  }
}
