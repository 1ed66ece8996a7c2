import { InvalidTaskError } from '../core/errors.ts'
import { type PollTask, type PollTaskInput, parsePollTask } from '../core/task.ts'
import { readHeaders, resolveValue } from './headers.ts'
import { POLL_OPTIONS } from './options/local.ts'
import { type Arguments, listValue, optionValue, textValue } from './parse-arguments.ts'
import { located, type Origins } from './problems.ts'
import { readNamedFile } from './read-file.ts'
import { UsageError } from './usage-error.ts'

export interface GivenTask {
  readonly input: PollTaskInput
  readonly task: PollTask
  /** Values to be masked wherever they could come out. */
  readonly secrets: readonly string[]
  readonly origins: Origins
}

/** The task that flags and file give together; flags win. @throws UsageError that names the flag or the file's line. */
export async function readTask(parsed: Arguments): Promise<GivenTask> {
  const path = textValue(parsed, 'file')
  const file = path === undefined ? null : (await import('./task-file.ts')).readTaskFile(path)
  const input: Record<string, unknown> = { ...file?.input }
  const flags = new Map<string, string>()
  const set = (key: string, flag: string, value: unknown) => {
    setKey(input, key, value)
    flags.set(key, flag)
  }
  const [url, ...more] = parsed.positionals
  if (more.length > 0) throw new UsageError(`one URL is polled, but '${more[0]}' was given as well`)
  if (url !== undefined) set('url', 'URL', url)
  if (input.url === undefined) throw new UsageError('no URL was given', 'as in: bide poll https://host/job')
  for (const option of POLL_OPTIONS) {
    const value = parsed.values[option.flag]
    if (option.key === undefined || typeof value !== 'string') continue
    set(option.key, `--${option.flag}`, optionValue(option, value))
  }
  const given = readHeaders(listValue(parsed, 'header'), listValue(parsed, 'header-file'))
  const secrets = [...given.secrets]
  const names = new Set(Object.keys(given.headers).map((name) => name.toLowerCase()))
  if (input.headers === undefined || isObject(input.headers)) {
    input.headers = { ...fileHeaders(input.headers ?? {}, names, secrets), ...given.headers }
  }
  for (const name of Object.keys(given.headers)) flags.set(`headers.${name}`, `-H ${name}`)
  const data = textValue(parsed, 'data')
  if (data !== undefined) {
    set('payload', '--data', data.startsWith('@') ? readNamedFile('--data', data.slice(1)) : data)
    input.method ??= 'POST'
  }
  const origins = { flags, file }
  try {
    refuseBindings(input)
    return { input: input as PollTaskInput, task: parsePollTask(input), secrets, origins }
  } catch (error) {
    throw await located(error, origins)
  }
}

/** The headers of a file, but for those that the command line gives. */
function fileHeaders(headers: object, given: ReadonlySet<string>, secrets: string[]): object {
  const kept = Object.entries(headers).filter(([name]) => !given.has(name.toLowerCase()))
  const resolved = (name: string, value: unknown) =>
    typeof value === 'string' ? resolveValue(value, `headers.${name}`, secrets) : value
  return Object.fromEntries(kept.map(([name, value]) => [name, resolved(name, value)]))
}

function isObject(value: unknown): value is object {
  return value !== null && typeof value === 'object' && !Array.isArray(value)
}

function setKey(input: Record<string, unknown>, key: string, value: unknown): void {
  const [outer, inner] = key.split('.') as [string, string?]
  input[outer] = inner === undefined ? value : { ...(input[outer] as object | undefined), [inner]: value }
}

/** One poll has no run whose values a binding could name: sent as it stands it would ask for something else. */
function refuseBindings({ url, headers }: Record<string, unknown>): void {
  const texts = [
    ['url', url],
    ...Object.entries(isObject(headers) ? headers : {}).map(([name, value]) => [`headers.${name}`, value]),
  ]
  const problems = texts.flatMap(([path, text]) => {
    const binding = typeof text === 'string' ? /\$\{[^}]*\}?/.exec(text)?.[0] : undefined
    const hint = 'only a pipeline has values to bind; env:NAME is a value of the environment, in a header'
    return binding === undefined
      ? []
      : [{ path: String(path), message: `${binding} has no value here`, hint }]
  })
  if (problems.length > 0) throw new InvalidTaskError(problems)
}
