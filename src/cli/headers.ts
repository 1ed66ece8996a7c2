import { SHORTEST_SECRET } from '../core/redact.ts'
import { readNamedFile } from './read-file.ts'
import { UsageError } from './usage-error.ts'

export interface GivenHeaders {
  readonly headers: Readonly<Record<string, string>>
  /** Values to be masked wherever they could come out. */
  readonly secrets: readonly string[]
}

/** `env:` or `file:` as the value, or after its first word, as in `Bearer env:TOKEN`. */
const REFERENCE = /^(\S+ )?(env|file):(.+)$/

/** Headers out of `-H` and `--header-file`. @throws UsageError that never shows a value. */
export function readHeaders(given: readonly string[], files: readonly string[]): GivenHeaders {
  const headers: Record<string, string> = {}
  const secrets: string[] = []
  for (const line of given) {
    const [name, value] = splitHeader(line, '-H')
    headers[name] = resolveValue(value, `-H ${name}`, secrets)
  }
  for (const file of files) {
    for (const [index, line] of readNamedFile('--header-file', file).split(/\r?\n/).entries()) {
      if (line.trim() === '' || line.startsWith('#')) continue
      const [name, value] = splitHeader(line, `--header-file ${file}:${index + 1}`)
      headers[name] = value
      secrets.push(...partsOf(value))
    }
  }
  return { headers, secrets }
}

/** Replaces `env:NAME` and `file:PATH` by what they name, and notes it as a secret. */
export function resolveValue(value: string, where: string, secrets: string[]): string {
  const [, scheme = '', kind, name] = REFERENCE.exec(value) ?? []
  if (kind === undefined || name === undefined) return value
  const secret = kind === 'env' ? process.env[name] : readNamedFile(where, name).trimEnd()
  if (secret === undefined || secret === '') throw new UsageError(`${where}: ${kind}:${name} is not set`)
  if (secret.length < SHORTEST_SECRET) {
    throw new UsageError(
      `${where}: ${kind}:${name} is shorter than ${SHORTEST_SECRET} characters and cannot be masked`,
    )
  }
  secrets.push(secret)
  return scheme + secret
}

function partsOf(value: string): string[] {
  return [value, value.replace(/^\S+ /, '')].filter((part) => part.length >= SHORTEST_SECRET)
}

function splitHeader(line: string, where: string): [name: string, value: string] {
  const colon = line.indexOf(':')
  if (colon < 1) throw new UsageError(`${where}: a header without a colon`, "write it as 'Name: value'")
  return [line.slice(0, colon).trim(), line.slice(colon + 1).trim()]
}
