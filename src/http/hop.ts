import type { AttemptFailure, HttpResponse } from '../core/attempt.ts'
import { type BodyReader, bodyReader } from './body.ts'
import { classify, type Phase } from './classify.ts'
import type { Exchange, ExchangeHandler, Hop, RawHeaders } from './exchange.ts'

export type HopOutcome =
  | { readonly kind: 'response'; readonly response: HttpResponse }
  | { readonly kind: 'failure'; readonly failure: AttemptFailure; readonly canRetry: boolean }

export interface HopOptions {
  /** What is left of the attempt. */
  readonly timeoutMs: number
  /** What the attempt was given, for the message. */
  readonly limitMs: number
  readonly maxBodyBytes: number
  readonly signal: AbortSignal | null
  readonly onOutcome: (outcome: HopOutcome) => void
}

/** Carries one hop through to its last byte, its time limit, or its failure, and tells `onOutcome` once. */
export function sendHop(exchange: Exchange, hop: Hop, options: HopOptions): void {
  new Flight(hop, options).begin(exchange)
}

/** The state of one hop under way. One object, since this is the path that every attempt takes. */
class Flight implements ExchangeHandler {
  #phase: Phase = 'connecting'
  #reused = false
  #head: AttemptFailure['head'] = null
  #body: BodyReader | null = null
  #bytes = 0
  #over = false
  #stop: (() => void) | null = null
  readonly #timer: NodeJS.Timeout
  readonly #hop: Hop
  readonly #options: HopOptions

  constructor(hop: Hop, options: HopOptions) {
    this.#hop = hop
    this.#options = options
    this.#timer = setTimeout(() => this.#timedOut(), options.timeoutMs)
    options.signal?.addEventListener('abort', this.#aborted, { once: true })
  }

  begin(exchange: Exchange): void {
    const stop = exchange.start(this.#hop, this)
    if (this.#over) stop()
    else this.#stop = stop
  }

  onSent(reused: boolean): void {
    this.#phase = 'waiting'
    this.#reused = reused
  }

  onHead(code: number, raw: RawHeaders): void {
    this.#phase = 'reading'
    const headers = joinHeaders(raw)
    this.#head = { code, headers }
    const hasBody = this.#hop.method !== 'HEAD' && code !== 204 && code !== 304
    this.#body = bodyReader(
      {
        contentEncoding: hasBody ? (headers['content-encoding'] ?? '') : '',
        contentType: headers['content-type'] ?? '',
        maxBytes: this.#options.maxBodyBytes,
      },
      {
        onText: (body) => this.#end({ kind: 'response', response: { code, headers, body } }),
        onProblem: (problem) => this.#fail({ ...problem, head: this.#head }),
      },
    )
  }

  onData(chunk: Buffer): void {
    this.#bytes += chunk.length
    this.#body?.push(chunk)
  }

  onEnd(): void {
    this.#body?.end()
  }

  onError(error: Error): void {
    this.#fail(classify(error, this.#phase, this.#head))
  }

  readonly #aborted = () => {
    this.#fail({ kind: 'aborted', message: 'the attempt was broken off', head: this.#head })
  }

  #timedOut(): void {
    const limit = `${Math.round(this.#options.limitMs) / 1000} s`
    const message = {
      connecting: `no connection within ${limit}`,
      waiting: `no answer within ${limit}`,
      reading: `the body was not complete within ${limit}, after ${this.#bytes} bytes`,
    }[this.#phase]
    const kind = this.#phase === 'connecting' ? 'connect-timeout' : 'timeout'
    this.#fail({ kind, message, head: this.#head })
  }

  /** A request that died on a reused connection before any byte came was most likely never seen. */
  #fail(failure: AttemptFailure): void {
    const isSafe = this.#hop.method === 'GET' || this.#hop.method === 'HEAD'
    const canRetry = isSafe && this.#reused && this.#phase === 'waiting' && failure.kind === 'reset'
    this.#end({ kind: 'failure', failure, canRetry })
  }

  #end(outcome: HopOutcome): void {
    if (this.#over) return
    this.#over = true
    clearTimeout(this.#timer)
    this.#options.signal?.removeEventListener('abort', this.#aborted)
    if (outcome.kind === 'failure') this.#stop?.()
    this.#options.onOutcome(outcome)
  }
}

function joinHeaders(raw: RawHeaders): Readonly<Record<string, string>> {
  if (isPlain(raw)) return raw
  const headers: Record<string, string> = {}
  for (const name in raw) {
    const value = raw[name]
    if (value !== undefined) headers[name] = typeof value === 'string' ? value : value.join(', ')
  }
  return headers
}

/** Hardly ever does a header come more than once, and a copy at every attempt is not free. */
function isPlain(raw: RawHeaders): raw is Readonly<Record<string, string>> {
  for (const name in raw) if (typeof raw[name] !== 'string') return false
  return true
}
