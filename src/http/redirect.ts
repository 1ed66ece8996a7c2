import { addressOf, type Hop } from './exchange.ts'

/** Redirects that are followed at most. */
export const MAX_REDIRECTS = 5

const REDIRECT_CODES: ReadonlySet<number> = new Set([301, 302, 303, 307, 308])
/** All that another origin may know of the caller: a custom key header is as secret as `Authorization`. */
const KEPT_ACROSS_ORIGINS = /^(accept|accept-language|accept-encoding|user-agent)$/i
const BODY_HEADER = /^content-/i

export interface Redirected {
  readonly hop: Hop
  readonly note: string
}

/** Where a response leads to, or null when it is no redirect. An invalid target is `'invalid-url'`. */
export function redirectOf(
  hop: Hop,
  { code, headers }: { readonly code: number; readonly headers: Readonly<Record<string, string>> },
): Redirected | 'invalid-url' | null {
  const location = headers.location
  if (!REDIRECT_CODES.has(code) || location === undefined) return null
  const from = hop.origin + hop.path
  if (!URL.canParse(location, from)) return 'invalid-url'
  const url = new URL(location, from)
  if (url.protocol !== 'http:' && url.protocol !== 'https:') return 'invalid-url'
  url.username = ''
  url.password = ''
  url.hash = ''

  const dropsBody = changesToGet(hop.method, code)
  const isOtherOrigin = url.origin !== hop.origin
  const kept = Object.entries(hop.headers).filter(
    ([name]) => (!isOtherOrigin || KEPT_ACROSS_ORIGINS.test(name)) && !(dropsBody && BODY_HEADER.test(name)),
  )
  const dropped = Object.keys(hop.headers).filter((name) => !kept.some(([other]) => other === name))
  const next = { ...addressOf(url), headers: Object.fromEntries(kept), lastText: null }
  return {
    hop: dropsBody ? { ...next, method: 'GET', body: null } : { ...next, method: hop.method, body: hop.body },
    note: redirectNote({ code, url, dropped: isOtherOrigin ? dropped : [] }),
  }
}

/** Source: RFC 9110, 15.4, with what every browser does for 301 and 302 after a POST. */
function changesToGet(method: string, code: number): boolean {
  return code === 303 ? method !== 'HEAD' : (code === 301 || code === 302) && method === 'POST'
}

/** The query may hold a signature, so it is left out. */
function redirectNote({
  code,
  url,
  dropped,
}: {
  code: number
  url: URL
  dropped: readonly string[]
}): string {
  const left = dropped.length === 0 ? '' : `; another origin, so not sent on: ${dropped.join(', ')}`
  return `${code} redirect to ${url.origin}${url.pathname}${left}`
}
