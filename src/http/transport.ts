import type { Attempt, AttemptFailure, AttemptResult, HttpRequest } from '../core/attempt.ts'
import { parseJson } from '../core/json.ts'
import { parseUrl } from '../core/parse-url.ts'
import { VERSION } from '../core/version.ts'
import type { Clock, SendOptions, Transport } from '../engine/effects.ts'
import { ACCEPT_ENCODING } from './body.ts'
import { addressOf, type Exchange, type ExchangeOptions, type Hop } from './exchange.ts'
import { type HopOutcome, type HopSender, sendHop } from './hop.ts'
import { monotonicMs } from './monotonic-ms.ts'
import { MAX_REDIRECTS, redirectOf } from './redirect.ts'

export interface TransportOptions extends Omit<ExchangeOptions, 'proxyFromEnvironment'> {
  /**
   * `pooled` (default): undici, for many polls. `lean`: node:http, which loads in a few milliseconds; it gives way
   * to `pooled` where HTTP/2 or a proxy is asked for.
   */
  readonly client?: 'lean' | 'pooled'
  /** `env` (default) honours `HTTP_PROXY`, `HTTPS_PROXY` and `NO_PROXY`, in upper and lower case. */
  readonly proxy?: 'env' | 'none'
  readonly clock: Pick<Clock, 'now'>
}

/** A transport over real sockets. */
export async function createTransport(options: TransportOptions): Promise<Transport> {
  const exchange = await createExchange(options)
  const { clock } = options
  return {
    send: (request, limits) =>
      new Promise((resolve) => new Journey({ exchange, clock, limits, resolve }).begin(request)),
    close: () => exchange.close(),
  }
}

/** The client under a transport, for what is no request with one answer. */
export async function createExchange(options: TransportOptions): Promise<Exchange> {
  const proxyFromEnvironment = options.proxy !== 'none' && !options.egress && hasProxyInEnvironment()
  if (options.client === 'lean' && !options.http2 && !options.egress && !proxyFromEnvironment) {
    const { nodeExchange } = await import('./node-exchange.ts')
    return nodeExchange(options)
  }
  const { undiciExchange } = await import('./undici-exchange.ts')
  return undiciExchange({ ...options, proxyFromEnvironment })
}

function hasProxyInEnvironment(): boolean {
  const names = ['http_proxy', 'HTTP_PROXY', 'https_proxy', 'HTTPS_PROXY']
  return names.some((name) => (process.env[name] ?? '') !== '')
}

interface JourneyOptions {
  readonly exchange: Exchange
  readonly clock: Pick<Clock, 'now'>
  readonly limits: SendOptions
  readonly resolve: (sent: Omit<Attempt, 'conditional'>) => void
}

const NO_NOTES: readonly string[] = []

/**
 * One attempt under way, from hop to hop. Redirects are followed by hand: every follower looked at leaks custom
 * headers to other origins. One object and one promise, since ten thousand of them may be under way at once.
 */
class Journey implements HopSender {
  readonly endsAt: number
  readonly limitMs: number
  readonly maxBodyBytes: number
  readonly signal: AbortSignal | null
  #redirects = 0
  #isSecondTry = false
  #notes = NO_NOTES
  readonly #startedAt: number
  readonly #exchange: Exchange
  readonly #clock: JourneyOptions['clock']
  readonly #resolve: JourneyOptions['resolve']

  constructor({ exchange, clock, limits, resolve }: JourneyOptions) {
    this.endsAt = monotonicMs() + limits.timeoutMs
    this.limitMs = limits.timeoutMs
    this.maxBodyBytes = limits.maxBodyBytes
    this.signal = limits.signal
    this.#startedAt = clock.now()
    this.#exchange = exchange
    this.#clock = clock
    this.#resolve = resolve
  }

  begin(request: HttpRequest): void {
    const hop = firstHopOf(request)
    if (hop === null) this.#end(failure('invalid-url', 'the URL is not a valid http or https URL'))
    else sendHop(this.#exchange, hop, this)
  }

  onOutcome(hop: Hop, outcome: HopOutcome): void {
    const next = outcome.kind === 'response' ? this.#answered(hop, outcome) : this.#failed(hop, outcome)
    if ('kind' in next) this.#end(next)
    else sendHop(this.#exchange, next, this)
  }

  /** A hop is sent once more where a kept-alive connection was closed under it. */
  #failed(hop: Hop, { failure, canRetry }: Extract<HopOutcome, { kind: 'failure' }>): Hop | AttemptResult {
    if (!canRetry || this.#isSecondTry) return { kind: 'failure', failure }
    this.#isSecondTry = true
    return hop
  }

  #answered(hop: Hop, outcome: Extract<HopOutcome, { kind: 'response' }>): Hop | AttemptResult {
    const next = redirectOf(hop, outcome.response)
    if (next === null) return outcome
    const { code, headers } = outcome.response
    if (next === 'invalid-url')
      return failure('invalid-url', `a ${code} redirect to no http URL`, { code, headers })
    if (this.#redirects === MAX_REDIRECTS) {
      const message = `more than ${MAX_REDIRECTS} redirects, the last one: ${next.note}`
      return failure('redirect-loop', message, { code, headers })
    }
    this.#redirects++
    this.#isSecondTry = false
    this.#notes = [...this.#notes, next.note]
    return next.hop
  }

  #end(result: AttemptResult): void {
    const startedAt = this.#startedAt
    const durationMs = this.#clock.now() - startedAt
    this.#resolve({ startedAt, durationMs, result, notes: this.#notes })
  }
}

/** A poll sends the same request again and again. */
const firstHops = new WeakMap<HttpRequest, Hop>()

function firstHopOf(request: HttpRequest): Hop | null {
  const known = firstHops.get(request)
  if (known !== undefined) return known
  const hop = firstHop(request)
  if (hop !== null) firstHops.set(request, hop)
  return hop
}

/** The request as it goes out: credentials of the URL as `Authorization`, defaults where the caller says nothing. */
function firstHop({ method, url: text, headers, payload }: HttpRequest): Hop | null {
  const url = parseUrl(text)
  if (url === null || (url.protocol !== 'http:' && url.protocol !== 'https:')) return null
  const names = new Set(Object.keys(headers).map((name) => name.toLowerCase()))
  const all: Record<string, string> = { ...headers }
  const addDefault = (name: string, value: () => string) => {
    if (!names.has(name)) all[name] = value()
  }
  addDefault('accept', () => '*/*')
  addDefault('accept-encoding', () => ACCEPT_ENCODING)
  addDefault('user-agent', () => `bide/${VERSION}`)
  if (payload !== null) addDefault('content-type', () => contentType(payload))
  if (url.username !== '' || url.password !== '') {
    addDefault('authorization', () => basicAuthorization(url))
    url.username = ''
    url.password = ''
  }
  const body = payload === null ? null : Buffer.from(payload)
  if (body !== null) addDefault('content-length', () => String(body.length))
  return { method, ...addressOf(url), headers: all, body, lastText: null }
}

function contentType(payload: string): string {
  return parseJson(payload) === undefined ? 'text/plain; charset=utf-8' : 'application/json'
}

function basicAuthorization({ username, password }: URL): string {
  const credentials = `${percentDecoded(username)}:${percentDecoded(password)}`
  return `Basic ${Buffer.from(credentials).toString('base64')}`
}

/** A stray `%` is meant as it stands. */
function percentDecoded(text: string): string {
  return decodeURIComponent(text.replace(/%(?![0-9a-f]{2})/gi, '%25'))
}

function failure(kind: AttemptFailure['kind'], message: string, head: AttemptFailure['head'] = null) {
  return { kind: 'failure', failure: { kind, message, head } } as const
}
