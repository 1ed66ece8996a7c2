import { BideError } from '../core/errors.ts'

/** A command that cannot be carried out as it was given; nothing was sent. */
export class UsageError extends BideError {
  constructor(message: string, hint: string | null = null) {
    super('invalid-usage', message, { hint })
    this.name = 'UsageError'
  }
}

/** A command or flag that does not exist; the nearest of `known` is looked for when it is shown. */
export class UnknownNameError extends UsageError {
  readonly typed: string
  readonly known: readonly string[]

  constructor(
    message: string,
    { typed, known, hint }: { typed: string; known: readonly string[]; hint: string },
  ) {
    super(message, hint)
    this.name = 'UnknownNameError'
    this.typed = typed
    this.known = known
  }
}

/** Problems that each say where they stand, in a flag or in a file; one complaint a problem, ready to be shown. */
export class LocatedProblems extends UsageError {
  constructor(complaints: readonly string[]) {
    super(complaints.join('\n'))
    this.name = 'LocatedProblems'
  }
}
