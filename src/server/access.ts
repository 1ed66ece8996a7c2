import { isIP } from 'node:net'
import type { Context } from 'hono'
import { ProblemError } from './problem.ts'
import { type Caller, mayAct, type Role, type Tokens } from './tokens.ts'

export interface AccessRules {
  /** Null: whoever reaches the server may do all. Only where nothing but loopback is bound. */
  readonly tokens: Tokens | null
  /** Names by which the server may be called, beside its address; lower case. */
  readonly hosts: readonly string[]
  readonly isLoopback: boolean
}

const ANYBODY: Caller = { name: 'the API', role: 'admin', released: null }

/** What a browser says of its own page, and of an address that was typed in; what is no browser says nothing. */
const OWN_SITES: ReadonlySet<string | undefined> = new Set([undefined, 'same-origin', 'none'])

/** Says who asks. @throws ProblemError where the request came from a page elsewhere, or the caller may not. */
export function admit(context: Context, needed: Role, rules: AccessRules): Caller {
  const origin = context.req.header('origin')
  if (origin !== undefined && !isOwnOrigin(origin, context)) throw new ProblemError(FOREIGN_ORIGIN)
  if (!OWN_SITES.has(context.req.header('sec-fetch-site'))) throw new ProblemError(FOREIGN_ORIGIN)
  if (rules.tokens === null) return ANYBODY
  const [scheme, token] = (context.req.header('authorization') ?? '').split(' ')
  const caller = scheme?.toLowerCase() === 'bearer' && token ? rules.tokens(token) : null
  if (caller === null) throw new ProblemError(NO_TOKEN)
  if (!mayAct(caller, needed)) throw new ProblemError(notAllowed(caller, needed))
  return caller
}

/**
 * A page elsewhere can make its own name lead here (DNS rebinding): then the `Host` is that name.
 * An address as `Host` cannot come about so.
 */
export function refuseForeignHost(context: Context, { hosts, isLoopback }: AccessRules): void {
  const host = context.req.header('host') ?? ''
  const name = host
    .replace(/:\d+$/, '')
    .replace(/^\[|\]$/g, '')
    .toLowerCase()
  const isKnown = hosts.includes(name) || (!isLoopback && isIP(name) !== 0)
  if (!isKnown) throw new ProblemError(FOREIGN_HOST)
}

function isOwnOrigin(origin: string, context: Context): boolean {
  return URL.canParse(origin) && new URL(origin).host === context.req.header('host')
}

const FOREIGN_HOST = {
  status: 421,
  kind: 'foreign-host',
  title: 'This server is not called by that name',
  detail: 'The Host header names another host. Name those that are right by --allow-host.',
} as const

const FOREIGN_ORIGIN = {
  status: 403,
  kind: 'foreign-origin',
  title: 'Pages of other origins may not ask',
} as const

const NO_TOKEN = {
  status: 401,
  kind: 'no-token',
  title: 'A token is needed',
  detail: 'Send it as Authorization: Bearer TOKEN.',
  headers: { 'www-authenticate': 'Bearer' },
} as const

function notAllowed({ role }: Caller, needed: Role) {
  const detail = `This token is of a ${role}; a ${needed} may do that.`
  return { status: 403, kind: 'not-allowed', title: 'This token may not do that', detail } as const
}
