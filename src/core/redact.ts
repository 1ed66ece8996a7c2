/** What stands where a secret stood. */
export const MASK = '******'

/** Masks secrets in whatever is about to leave the process. Made once a run, from the values it knows. */
export interface Redactor {
  text(text: string): string
  headers(headers: Readonly<Record<string, string>>): Readonly<Record<string, string>>
  /** Also masks the password of `user:password@host`. */
  url(url: string): string
  /** Every string in a JSON value, keys included. */
  json(value: unknown): unknown
}

const SECRET_HEADER = /^(authorization|proxy-authorization|cookie|set-cookie)$/i
/** A shorter secret would mask half of every text; the command line warns of it. */
export const SHORTEST_SECRET = 4

/**
 * A redactor for these secret values: each is masked as it is, and base64-, URL- and JSON-encoded.
 * `Authorization`, `Cookie`, `Set-Cookie` and `Proxy-Authorization` are masked whatever they hold.
 */
export function createRedactor(secrets: readonly string[]): Redactor {
  if (secrets.length === 0) return WITHOUT_SECRETS
  return redactorOf(secrets)
}

function redactorOf(secrets: readonly string[]): Redactor {
  const forms = [...new Set(secrets.filter((s) => s.length >= SHORTEST_SECRET).flatMap(formsOf))]
  const pattern = forms.length === 0 ? null : new RegExp(byLength(forms).map(escapePattern).join('|'), 'g')
  const text = (value: string) => (pattern ? value.replace(pattern, MASK) : value)
  const json = (value: unknown): unknown => (pattern ? mapStrings(value, text) : value)
  return {
    text,
    json,
    headers(headers) {
      const names = Object.keys(headers)
      if (pattern === null && !names.some((name) => SECRET_HEADER.test(name))) return headers
      return Object.fromEntries(
        names.map((name) => [name, SECRET_HEADER.test(name) ? MASK : text(headers[name] as string)]),
      )
    },
    url: (url) =>
      text(
        !url.includes('@') ? url : url.replace(/^([a-z][a-z0-9+.-]*:\/\/[^/?#@:]*):[^/?#]*@/i, `$1:${MASK}@`),
      ),
  }
}

/** Polls by the thousand mostly have no secrets. */
const WITHOUT_SECRETS = redactorOf([])

/**
 * The ways in which a secret may come out. Base64 of a text that holds the secret depends on where it stands in
 * it, so the three alignments are masked by their middle, which does not.
 */
function formsOf(secret: string): string[] {
  const bytes = Buffer.from(secret)
  const aligned = [0, 1, 2].flatMap((offset) => {
    const padded = Buffer.concat([Buffer.alloc(offset), bytes])
    const first = Math.ceil((offset * 8) / 6)
    const last = Math.floor((padded.length * 8) / 6)
    const base64 = padded.toString('base64').slice(first, last)
    return base64.length >= SHORTEST_SECRET ? [base64, base64.replaceAll('+', '-').replaceAll('/', '_')] : []
  })
  const url = encodeURIComponent(secret)
  return [
    secret,
    ...aligned,
    url,
    url.replaceAll('%20', '+'),
    encodeURI(secret),
    jsonText(secret),
    jsonText(jsonText(secret)),
    bytes.toString('hex'),
  ]
}

/** As it stands between the quotes of a JSON text. */
function jsonText(text: string): string {
  return JSON.stringify(text).slice(1, -1)
}

/** A JSON value with every text in it, keys included, put through `map`. */
export function mapStrings(value: unknown, map: (text: string) => string): unknown {
  if (typeof value === 'string') return map(value)
  if (Array.isArray(value)) return value.map((item) => mapStrings(item, map))
  if (value === null || typeof value !== 'object') return value
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [map(key), mapStrings(item, map)]))
}

function byLength(forms: readonly string[]): string[] {
  return [...forms].sort((a, b) => b.length - a.length)
}

function escapePattern(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|/-]/g, '\\$&')
}
