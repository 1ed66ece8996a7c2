import { type Lookup, UnresolvedBindingError, valueText } from './render.ts'
import { type Binding, parseTemplate } from './template.ts'

/** Where in a URL (RFC 3986) a text ends. */
type Place = 'start' | 'authority' | 'path' | 'query' | 'fragment'

const AUTHORITY = /^[a-z][a-z0-9+.-]*:\/\/[^/?#]*$/i
const HOST_PART = /^[\w.:[\]-]*$/
const ENDS_AUTHORITY = /^(?:[/?#]|:\d+(?:[/?#]|$)|$)/
const DOT_SEGMENT = /(?:^|[/\\])(?:\.|%2e){1,2}(?:[/\\?#]|$)/i

/**
 * A URL with its bindings replaced. What stands literally in the template stays what it is: a value cannot move the
 * request to another host, climb out of the path, or add a parameter.
 *
 * - At the very start a value may be a whole URL.
 * - In the host, letters, digits, `.`, `-`, `:`, `[`, `]` only; right behind a literal host, a path, query or port.
 * - In the path, `?` and `#` are encoded, unless the value is a link of its own (it begins with `/`); `..` is refused.
 * - Behind `=` in the query, `&`, `+` and `#` are encoded.
 *
 * @throws UnresolvedBindingError
 */
export function renderUrl(template: string, lookup: Lookup): string {
  let url = ''
  for (const part of parseTemplate(template.trim())) {
    url += part.kind === 'text' ? part.text : placed(url, part, valueText(part, lookup))
  }
  return url
}

function placed(before: string, binding: Binding, raw: string): string {
  const value = raw.trim()
  switch (placeOf(before)) {
    case 'start':
      return value
    case 'authority':
      return inAuthority(before, binding, value)
    case 'path':
      return inPath(binding, value)
    case 'query':
      return inQuery(before, value)
    case 'fragment':
      return value
  }
}

function placeOf(before: string): Place {
  if (before.includes('#')) return 'fragment'
  if (before.includes('?')) return 'query'
  if (before === '') return 'start'
  return AUTHORITY.test(before) ? 'authority' : 'path'
}

function inAuthority(before: string, binding: Binding, value: string): string {
  const isBehindHost = /[a-z0-9\]]$/i.test(before)
  if (isBehindHost && ENDS_AUTHORITY.test(value)) return linkOf(binding, value)
  if (HOST_PART.test(value) && !isBehindHost) return value
  throw new UnresolvedBindingError(
    `${binding.source} would change the host of the URL: its value has to ${isBehindHost ? 'begin with /' : 'be part of a host name'}`,
  )
}

function inPath(binding: Binding, value: string): string {
  if (value.startsWith('/')) return linkOf(binding, value)
  refuseDots(binding, value)
  return value.replaceAll('?', '%3F').replaceAll('#', '%23')
}

function inQuery(before: string, value: string): string {
  const escaped = value.replaceAll('#', '%23')
  return /[?&]$/.test(before) ? escaped : escaped.replaceAll('&', '%26').replaceAll('+', '%2B')
}

/** A link as servers give them, such as `/iaas/api/request-tracker/7?x=y`. */
function linkOf(binding: Binding, value: string): string {
  refuseDots(binding, value.split('?')[0] as string)
  return value
}

function refuseDots({ source }: Binding, value: string): void {
  if (!DOT_SEGMENT.test(value)) return
  throw new UnresolvedBindingError(`${source} holds '..' or '.', which would change the path of the URL`)
}
