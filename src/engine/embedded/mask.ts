import { createRedactor, MASK, type Redactor, SHORTEST_SECRET } from '../../core/redact.ts'
import type { PollTask } from '../../core/task.ts'
import type { KeptTask } from '../kept-task.ts'

/** Headers that say nothing of who asks. The value of every other one is a secret. */
const HARMLESS_HEADER =
  /^(accept|accept-(charset|encoding|language)|cache-control|content-type|if-(match|none-match|modified-since)|prefer|user-agent)$/i
const TELLING_NAME = /auth|cookie|credential|key|pass|pwd|secret|session|sig|token/i
/** The value of a header like `X-Trace: true` is hidden where it stands, but not wherever `true` is said. */
const SHORTEST_OF_ANY_HEADER = 8

/** A redactor for all that a task may hold secret: headers, the URL's password, telling parameters of its query. */
export function taskRedactor(task: KeptTask): Redactor {
  let redactor = redactors.get(task)
  if (redactor === undefined) {
    redactor = redactorOf([...(task.secrets ?? []), ...headerSecrets(task.headers), ...urlSecrets(task.url)])
    redactors.set(task, redactor)
  }
  return redactor
}

/** Many polls have the same secrets: what masks them is made once, which costs as much as an attempt. */
function redactorOf(secrets: readonly string[]): Redactor {
  const key = JSON.stringify(secrets)
  const redactor = shared.get(key) ?? createRedactor(secrets)
  shared.delete(key)
  shared.set(key, redactor)
  if (shared.size > MOST_SHARED) shared.delete(shared.keys().next().value as string)
  return redactor
}

const MOST_SHARED = 1000
const shared = new Map<string, Redactor>()

/** A poll is asked again and again, and each of its attempts is masked. */
const redactors = new WeakMap<PollTask, Redactor>()

/** True for the name of a header or a parameter that says that its value is a secret. */
export function isTelling(name: string): boolean {
  return TELLING_NAME.test(name)
}

/** A task that may be shown. */
export function maskedTask(task: KeptTask, redactor: Redactor): PollTask {
  const { url, headers, payload, secrets, ...rest } = task
  return {
    ...(redactor.json(rest) as typeof rest),
    url: redactor.url(url),
    headers: maskedHeaders(headers, redactor),
    payload: payload === null ? null : MASK,
  }
}

export function maskedHeaders(headers: PollTask['headers'], redactor: Redactor): PollTask['headers'] {
  const masked = Object.entries(redactor.headers(headers))
  return Object.fromEntries(masked.map(([name, text]) => [name, HARMLESS_HEADER.test(name) ? text : MASK]))
}

/** The values of headers that may be secrets. */
export function headerSecrets(headers: PollTask['headers']): string[] {
  return Object.entries(headers).flatMap(([name, value]) => {
    if (HARMLESS_HEADER.test(name)) return []
    const shortest = TELLING_NAME.test(name) ? SHORTEST_SECRET : SHORTEST_OF_ANY_HEADER
    return partsOf(name, value).filter((part) => part.length >= shortest)
  })
}

/** `Bearer TOKEN` is a secret whole, and so is the token; a cookie's values are, one by one. */
function partsOf(name: string, value: string): string[] {
  if (/^cookie$/i.test(name))
    return [value, ...value.split(';').map((pair) => pair.slice(pair.indexOf('=') + 1).trim())]
  const afterScheme = value.slice(value.indexOf(' ') + 1).trim()
  const basic = /^basic /i.test(value) ? Buffer.from(afterScheme, 'base64').toString() : ''
  return [value, afterScheme, ...(basic === '' ? [] : [basic, basic.slice(basic.indexOf(':') + 1)])]
}

function urlSecrets(text: string): string[] {
  const url = new URL(text)
  const told = [...url.searchParams].filter(([name]) => TELLING_NAME.test(name)).map(([, value]) => value)
  return [...told, percentDecoded(url.password)].filter((secret) => secret.length >= SHORTEST_SECRET)
}

function percentDecoded(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}
