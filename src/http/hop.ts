import type { AttemptFailure, HttpResponse } from '../core/attempt.ts'
import { type Bell, clearAlarm, setAlarm } from './alarms.ts'
import { type BodyHandler, type BodyReader, bodyReader } from './body.ts'
import { classify, type Phase } from './classify.ts'
import type { Exchange, ExchangeHandler, Hop, RawHeaders, Underway } from './exchange.ts'

export type HopOutcome =
  | { readonly kind: 'response'; readonly response: HttpResponse }
  | { readonly kind: 'failure'; readonly failure: AttemptFailure; readonly canRetry: boolean }

/** Who sends a hop, and hears once what came of it. */
export interface HopSender {
  /** The instant of `monotonicMs` at which the attempt is over. */
  readonly endsAt: number
  /** What the attempt was given, for the message. */
  readonly limitMs: number
  readonly maxBodyBytes: number
  readonly signal: AbortSignal | null
  onOutcome(hop: Hop, outcome: HopOutcome): void
}

/** Carries one hop through to its last byte, its time limit, or its failure. */
export function sendHop(exchange: Exchange, hop: Hop, sender: HopSender): void {
  new Flight(hop, sender).begin(exchange)
}

type Head = NonNullable<AttemptFailure['head']>

const NO_ALARM = -1

/** The state of one hop under way. One object, since this is the path that every attempt takes. */
class Flight implements ExchangeHandler, BodyHandler, Bell {
  #phase: Phase = 'connecting'
  #reused = false
  #head: Head | null = null
  #body: BodyReader | null = null
  #bytes = 0
  #over = false
  #underway: Underway | null = null
  #alarm: number
  readonly #hop: Hop
  readonly #sender: HopSender
  readonly #abort: (() => void) | null

  constructor(hop: Hop, sender: HopSender) {
    const { signal } = sender
    this.#hop = hop
    this.#sender = sender
    this.#alarm = setAlarm(sender.endsAt, this)
    this.#abort = signal === null ? null : () => this.#aborted()
    if (this.#abort !== null) signal?.addEventListener('abort', this.#abort, { once: true })
  }

  begin(exchange: Exchange): void {
    const underway = exchange.start(this.#hop, this)
    if (this.#over) underway.stop()
    else this.#underway = underway
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
    const body = {
      contentEncoding: hasBody ? (headers['content-encoding'] ?? '') : '',
      contentType: headers['content-type'] ?? '',
      maxBytes: this.#sender.maxBodyBytes,
    }
    this.#body = bodyReader(body, this)
  }

  onData(chunk: Buffer): void {
    this.#bytes += chunk.length
    this.#body?.push(chunk)
  }

  onEnd(): void {
    this.#body?.end()
  }

  onText(body: string): void {
    const { code, headers } = this.#head as Head
    if (body !== this.#hop.lastText) this.#hop.lastText = body
    this.#end({ kind: 'response', response: { code, headers, body: this.#hop.lastText } })
  }

  onProblem({ kind, message }: Parameters<BodyHandler['onProblem']>[0]): void {
    this.#fail({ kind, message, head: this.#head })
  }

  onError(error: Error): void {
    this.#fail(classify(error, this.#phase, this.#head))
  }

  /** The time is over. */
  ring(): void {
    this.#alarm = NO_ALARM
    const limit = `${Math.round(this.#sender.limitMs) / 1000} s`
    const message = {
      connecting: `no connection within ${limit}`,
      waiting: `no answer within ${limit}`,
      reading: `the body was not complete within ${limit}, after ${this.#bytes} bytes`,
    }[this.#phase]
    const kind = this.#phase === 'connecting' ? 'connect-timeout' : 'timeout'
    this.#fail({ kind, message, head: this.#head })
  }

  #aborted(): void {
    this.#fail({ kind: 'aborted', message: 'the attempt was broken off', head: this.#head })
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
    if (this.#alarm !== NO_ALARM) clearAlarm(this.#alarm)
    if (this.#abort !== null) this.#sender.signal?.removeEventListener('abort', this.#abort)
    if (outcome.kind === 'failure') this.#underway?.stop()
    // It has grown old while it waited, and would keep what is young until old objects are looked through.
    this.#head = null
    this.#body = null
    this.#underway = null
    this.#sender.onOutcome(this.#hop, outcome)
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
