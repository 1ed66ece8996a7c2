import { createHash, randomBytes } from 'node:crypto'
import { BideError } from '../core/errors.ts'
import type { Sealer } from '../engine/embedded/sealer.ts'
import type { Catalog } from '../store/catalog.ts'
import { type Caller, ROLES, type Role, type Tokens } from './tokens.ts'

/** A token as it may be shown: it itself is shown once, when it is made. */
export interface TokenView {
  readonly name: string
  readonly role: Role
  /** ISO 8601, UTC. */
  readonly createdAt: string
  readonly createdBy: string
}

export interface NewToken {
  readonly name: string
  readonly role: Role
  readonly createdBy: string
}

/** The tokens that are kept in a data folder. */
export interface TokenCatalog {
  readonly callerOf: Tokens
  /** By name. */
  list(): readonly TokenView[]
  /** The token, which is told nowhere else; null where the name is taken. @throws BideError for a bad name or role. */
  create(token: NewToken): Promise<string | null>
  /** From then on it is worth nothing, and who waits by it is let go. False where there is none of that name. */
  remove(name: string): Promise<boolean>
  /** Lets go of all who wait. */
  release(): void
}

export interface TokenCatalogOptions {
  readonly catalog: Catalog
  readonly sealer: Sealer
  /** Epoch ms. */
  readonly now: () => number
}

interface Kept extends TokenView {
  readonly digest: string
}

const TOKEN_BYTES = 32
const NAME = /^[\w.@-]{1,64}$/

/** @throws BideError where they were kept with another key. */
export async function openTokenCatalog({ catalog, sealer, now }: TokenCatalogOptions): Promise<TokenCatalog> {
  const kept = new Map<string, Kept>()
  const callers = new Map<string, { readonly caller: Caller; readonly revoke: () => void }>()
  const admit = (token: Kept) => {
    const { name, role, digest } = token
    const revoking = new AbortController()
    kept.set(name, token)
    callers.set(digest, {
      caller: { name, role, released: revoking.signal },
      revoke: () => revoking.abort(),
    })
  }
  for (const { name, value } of await catalog.list('token'))
    admit(JSON.parse(sealer.open(value, `token ${name}`)) as Kept)
  return {
    callerOf: (token) => callers.get(digestOf(token))?.caller ?? null,
    list: () => [...kept.values()].map(viewOf).sort((a, b) => (a.name < b.name ? -1 : 1)),
    async create({ name, role, createdBy }) {
      refuseMisfits(name, role)
      if (kept.has(name)) return null
      const token = `bide_${randomBytes(TOKEN_BYTES).toString('base64url')}`
      const at = now()
      const entry = { name, role, digest: digestOf(token), createdAt: new Date(at).toISOString(), createdBy }
      kept.set(name, entry)
      const value = sealer.seal(JSON.stringify(entry), `token ${name}`)
      await catalog.put('token', { name, value, updatedAt: at }).catch((error: unknown) => {
        kept.delete(name)
        throw error
      })
      admit(entry)
      return token
    },
    async remove(name) {
      const token = kept.get(name)
      if (token === undefined) return false
      await catalog.remove('token', name)
      kept.delete(name)
      callers.get(token.digest)?.revoke()
      callers.delete(token.digest)
      return true
    },
    release() {
      for (const { revoke } of callers.values()) revoke()
    },
  }
}

function viewOf({ name, role, createdAt, createdBy }: Kept): TokenView {
  return { name, role, createdAt, createdBy }
}

function digestOf(token: string): string {
  return createHash('sha256').update(token).digest('hex')
}

function refuseMisfits(name: string, role: string): void {
  if (!NAME.test(name))
    throw new BideError('invalid-usage', `'${name}' is no name of a token`, {
      hint: 'up to 64 letters, digits and . _ @ -',
    })
  if (!ROLES.some((one) => one === role))
    throw new BideError('invalid-usage', `'${role}' is no role`, { hint: `one of ${ROLES.join(', ')}` })
}
