import { BideError, InvalidTaskError } from '../core/errors.ts'
import { LocatedProblems, UnknownNameError } from './usage-error.ts'

/** What a person is told about an error: what is wrong, and what to do about it. */
export async function complaint(error: unknown): Promise<string> {
  if (error instanceof LocatedProblems) return error.message
  if (error instanceof InvalidTaskError) {
    return error.problems.map((p) => withHint(`${p.path}: ${p.message}`, p.hint)).join('\n')
  }
  if (error instanceof UnknownNameError) {
    const { didYouMean } = await import('../core/did-you-mean.ts')
    return withHint(error.message, didYouMean(error.typed, error.known) ?? error.hint)
  }
  if (error instanceof BideError) return withHint(error.message, error.hint)
  const what = error instanceof Error ? (error.stack ?? error.message) : String(error)
  return `bide: a defect of bide, please report it: ${what}`
}

function withHint(message: string, hint: string | null): string {
  return `bide: ${message}${hint === null || message.includes(hint) ? '' : `\n  ${hint}`}`
}
