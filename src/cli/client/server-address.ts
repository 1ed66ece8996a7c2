import { resolveValue } from '../headers.ts'
import { type Arguments, textValue } from '../parse-arguments.ts'
import { UsageError } from '../usage-error.ts'

/** Where a server is, and what is shown to it. */
export interface ServerAddress {
  /** Without a slash at its end. */
  readonly url: string
  readonly token: string | null
}

const DEFAULT_SERVER = 'http://127.0.0.1:4646'

/** What `--server` and `--token` say, else `BIDE_SERVER` and `BIDE_TOKEN`. @throws UsageError that shows no token. */
export function serverAddress(parsed: Arguments): ServerAddress {
  return { url: urlOf(parsed), token: tokenOf(parsed) }
}

function urlOf(parsed: Arguments): string {
  const given = textValue(parsed, 'server')
  const text = given ?? (process.env.BIDE_SERVER || DEFAULT_SERVER)
  const name = given === undefined ? 'BIDE_SERVER' : '--server'
  const url = URL.canParse(text) ? new URL(text) : null
  if (url === null || !/^https?:$/.test(url.protocol))
    throw new UsageError(`${name}: '${text}' is no URL of a server`, `as in ${DEFAULT_SERVER}`)
  if (url.username !== '' || url.password !== '')
    throw new UsageError(`${name}: a server of bide takes a token, not a name and a password`, 'see --token')
  return `${url.origin}${url.pathname.replace(/\/+$/, '')}`
}

function tokenOf(parsed: Arguments): string | null {
  const given = textValue(parsed, 'token')
  if (given === undefined) return process.env.BIDE_TOKEN?.trim() || null
  if (!/^(env|file):./.test(given))
    throw new UsageError(
      '--token: a token on the command line can be read by others',
      'name where it is: env:NAME or file:PATH',
    )
  return resolveValue(given, '--token', []).trim()
}
