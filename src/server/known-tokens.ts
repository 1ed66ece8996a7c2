import { BideError } from '../core/errors.ts'
import type { TokenCatalog } from './token-catalog.ts'
import type { TokenFile, Tokens } from './tokens.ts'

/** The tokens of the data folder, and what has to be known of both kinds. */
export interface KnownTokens extends TokenCatalog {
  /** Null: whoever reaches the server may do all. */
  readonly guard: Tokens | null
  /** Whether without that one nobody could make another. */
  isLastAdmin(name: string): boolean
}

/**
 * What a server knows of tokens. They are needed where more than loopback is bound, and where there is one at its
 * start.
 *
 * @throws BideError where they are needed and there is none.
 */
export function knownTokens(
  catalog: TokenCatalog,
  file: TokenFile | null,
  { host, isLoopback }: { readonly host: string; readonly isLoopback: boolean },
): KnownTokens {
  const areThere = file !== null || catalog.list().length > 0
  if (!isLoopback && !areThere)
    throw new BideError(
      'invalid-usage',
      `--host ${host} can be reached from elsewhere, so callers need tokens`,
      { hint: 'make one by bide token create, name a file of them by --tokens, or listen on 127.0.0.1' },
    )
  const guard: Tokens = (token) => file?.callerOf(token) ?? catalog.callerOf(token)
  const isInFile = (name: string) => file?.all.some((caller) => caller.name === name) ?? false
  const hasAdminInFile = file?.all.some(({ role }) => role === 'admin') ?? false
  return {
    ...catalog,
    guard: areThere ? guard : null,
    create: async (token) => (isInFile(token.name) ? null : catalog.create(token)),
    isLastAdmin(name) {
      const admins = catalog.list().filter(({ role }) => role === 'admin')
      return areThere && !hasAdminInFile && admins.length === 1 && admins[0]?.name === name
    },
  }
}
