import { BideError } from '../core/errors.ts'

/** A command that cannot be carried out as it was given; nothing was sent. */
export class UsageError extends BideError {
  constructor(message: string, hint: string | null = null) {
    super('invalid-usage', message, { hint })
    this.name = 'UsageError'
  }
}
