import { createHash } from 'node:crypto'
import { BideError } from '../core/errors.ts'

/** What a caller may do, each with all that the one before may. */
export const ROLES = ['viewer', 'runner', 'editor', 'admin'] as const
export type Role = (typeof ROLES)[number]

/** Who asks. */
export interface Caller {
  readonly name: string
  readonly role: Role
  /** Aborted when the token is revoked, or the server stops; null where it cannot be revoked. */
  readonly released: AbortSignal | null
}

/** Knows a caller by the token it shows, or does not. */
export type Tokens = (token: string) => Caller | null

export interface TokenFile {
  readonly callerOf: Tokens
  readonly all: readonly Caller[]
}

export function mayAct(caller: Caller, needed: Role): boolean {
  return ROLES.indexOf(caller.role) >= ROLES.indexOf(needed)
}

/**
 * Reads a file of tokens: a line each, `ROLE NAME SHA-256`, the digest of the token in hex. A token itself stands
 * nowhere, so whoever reads the file can use none.
 *
 * @throws BideError with the line that does not fit.
 */
export function parseTokens(text: string): TokenFile {
  const callers = new Map<string, Caller>()
  for (const [index, line] of text.split('\n').entries()) {
    const words = line.trim().split(/\s+/)
    if (line.trim() === '' || line.startsWith('#')) continue
    const [role, name, digest] = words as [Role, string, string]
    if (words.length !== 3 || !ROLES.includes(role) || !/^[0-9a-f]{64}$/i.test(digest))
      throw new BideError('invalid-usage', `line ${index + 1} of the tokens is not ROLE NAME SHA-256`, {
        hint: `ROLE is one of ${ROLES.join(', ')}; the digest is that of the token, in hex`,
      })
    callers.set(digest.toLowerCase(), { role, name, released: null })
  }
  if (callers.size === 0) throw new BideError('invalid-usage', 'the file of tokens has none')
  return {
    callerOf: (token) => callers.get(createHash('sha256').update(token).digest('hex')) ?? null,
    all: [...callers.values()],
  }
}
