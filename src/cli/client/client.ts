import type { Attempt, AttemptFailure } from '../../core/attempt.ts'
import { parseJson, toJson } from '../../core/json.ts'
import type { Transport } from '../../engine/effects.ts'
import { systemClock } from '../../engine/system-clock.ts'
import type { Exchange } from '../../http/exchange.ts'
import { createExchange, createTransport, type TransportOptions } from '../../http/transport.ts'
import type { ServerAddress } from './server-address.ts'
import { notBide, refusal, UnreachableError } from './server-error.ts'

export interface Ask {
  readonly body?: unknown
  /** Sent as it is, in place of `body`. */
  readonly text?: { readonly type: string; readonly text: string }
  readonly query?: Readonly<Record<string, string | undefined>>
  readonly headers?: Readonly<Record<string, string>>
  readonly signal?: AbortSignal
}

/** Talks to one server. */
export interface Client {
  readonly address: ServerAddress
  /** The JSON that it answers, and the code; null where it answers nothing. @throws UnreachableError, RefusedError */
  ask(method: string, path: string, ask?: Ask): Promise<{ readonly code: number; readonly json: unknown }>
  /** For what stays open: a connection, and the headers that open it. */
  readonly exchange: Exchange
  headers(more?: Readonly<Record<string, string>>): Readonly<Record<string, string>>
  close(): Promise<void>
}

const TIMEOUT_MS = 90_000
/** The outputs of a poll hold its last body twice. */
const LARGEST_ANSWER = 64 * 1024 * 1024

/** A client by node:http, which is loaded in a few milliseconds. */
export async function createClient(address: ServerAddress, tls: { ca?: string } = {}): Promise<Client> {
  const isLoopback = /^https?:\/\/(localhost|127\.[\d.]+|\[::1\])(:|\/|$)/.test(address.url)
  const options: TransportOptions = {
    ...tls,
    client: 'lean',
    clock: systemClock,
    ...(isLoopback && { proxy: 'none' }),
  }
  const [transport, exchange] = await Promise.all([createTransport(options), createExchange(options)])
  const headers = (more: Readonly<Record<string, string>> = {}) => ({
    ...(address.token !== null && { authorization: `Bearer ${address.token}` }),
    ...more,
  })
  return {
    address,
    exchange,
    headers,
    ask: async (method, path, ask = {}) => {
      const sent = await send(transport, { method, url: urlOf(address, path, ask.query), headers, ask })
      return answerOf(address, sent)
    },
    async close() {
      await Promise.all([transport.close(), exchange.close()])
    },
  }
}

/** Where an operation is. */
export function urlOf({ url }: ServerAddress, path: string, query: Ask['query'] = {}): string {
  const given = Object.entries(query).filter((pair): pair is [string, string] => pair[1] !== undefined)
  const search = given.length === 0 ? '' : `?${new URLSearchParams(given)}`
  return `${url}/api/v1${path}${search}`
}

interface Sent {
  readonly method: string
  readonly url: string
  readonly headers: Client['headers']
  readonly ask: Ask
}

function send(transport: Transport, { method, url, headers, ask }: Sent) {
  const payload = ask.text?.text ?? (ask.body === undefined ? null : toJson(ask.body))
  const type = ask.text?.type ?? 'application/json'
  const all = headers({ ...ask.headers, ...(payload !== null && { 'content-type': type }) })
  return transport.send(
    { method, url, headers: all, payload },
    { timeoutMs: TIMEOUT_MS, maxBodyBytes: LARGEST_ANSWER, signal: ask.signal ?? null },
  )
}

function answerOf(address: ServerAddress, { result }: Pick<Attempt, 'result'>) {
  if (result.kind === 'failure') throw noAnswer(address, result.failure)
  const { code, body } = result.response
  const json = body === '' ? null : (parseJson(body) ?? null)
  if (code < 200 || code > 299) throw refusal(address, code, json)
  if (json === null && code !== 204) throw notBide(address.url, code)
  return { code, json }
}

const NOBODY_THERE: ReadonlySet<AttemptFailure['kind']> = new Set([
  'refused',
  'dns-not-found',
  'dns-temporary',
  'connect-timeout',
  'unreachable',
  'tls',
  'invalid-url',
])

/** What is said where no answer came. */
export function noAnswer(
  { url }: ServerAddress,
  { kind, message }: Pick<AttemptFailure, 'kind' | 'message'>,
) {
  return new UnreachableError(`no server of bide answers at ${url}: ${message}`, {
    hint: 'start one by: bide serve; or say where it is by --server or BIDE_SERVER',
    isThere: !NOBODY_THERE.has(kind),
  })
}
