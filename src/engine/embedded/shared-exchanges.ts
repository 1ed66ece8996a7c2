import type { HttpRequest } from '../../core/attempt.ts'
import type { Effects, SendOptions, Transport } from '../effects.ts'

type Sent = Awaited<ReturnType<Transport['send']>>

export interface SharedExchanges {
  /** As a transport's; `onShared` is told where it waits for an exchange that is under way already. */
  send(request: HttpRequest, options: SendOptions, onShared: () => void): Promise<Sent>
}

interface Flight {
  /** Epoch ms: the limit of who began it. */
  readonly endsAt: number
  readonly sent: Promise<Sent>
}

/**
 * Polls that send the same request while it is under way share the exchange: each gets its answer, as if it had been
 * asked when the poll was due. What is particular to who began it is not shared: where that one is broken off or
 * runs out of its own time, the others ask themselves.
 */
export function shareExchanges({ transport, clock }: Pick<Effects, 'transport' | 'clock'>): SharedExchanges {
  const flights = new Map<string, Flight>()

  const begin = (key: string, request: HttpRequest, options: SendOptions) => {
    const flight = { endsAt: clock.now() + options.timeoutMs, sent: transport.send(request, options) }
    flights.set(key, flight)
    const land = () => {
      if (flights.get(key) === flight) flights.delete(key)
    }
    flight.sent.then(land, land)
    return flight.sent
  }
  const join = async (flight: Flight, request: HttpRequest, options: SendOptions): Promise<Sent> => {
    const startedAt = clock.now()
    const sent = await unlessAborted(flight.sent, options.signal)
    const durationMs = clock.now() - startedAt
    if (sent === null) return { startedAt, durationMs, notes: [], result: BROKEN_OFF }
    const leftMs = options.timeoutMs - durationMs
    if (!isOfItsBeginner(sent) || leftMs <= 0) return { ...sent, startedAt, durationMs }
    const own = await send(request, { ...options, timeoutMs: leftMs }, () => {})
    return { ...own, startedAt, durationMs: clock.now() - startedAt }
  }
  const send: SharedExchanges['send'] = (request, options, onShared) => {
    const key = keyOf(request, options)
    const flight = flights.get(key)
    const isJoinable = flight !== undefined && flight.endsAt <= clock.now() + options.timeoutMs
    if (!isJoinable) return begin(key, request, options)
    onShared()
    return join(flight, request, options)
  }
  return { send }
}

const BROKEN_OFF = {
  kind: 'failure',
  failure: { kind: 'aborted', message: 'the attempt was broken off', head: null },
} as const

function isOfItsBeginner({ result }: Sent): boolean {
  return result.kind === 'failure' && /^(aborted|timeout|connect-timeout)$/.test(result.failure.kind)
}

function keyOf(request: HttpRequest, { maxBodyBytes }: SendOptions): string {
  const known = keys.get(request)
  if (known?.maxBodyBytes === maxBodyBytes) return known.key
  const { method, url, headers, payload } = request
  const key = JSON.stringify([method, url, headers, payload, maxBodyBytes])
  keys.set(request, { maxBodyBytes, key })
  return key
}

/** A poll sends the same request again and again. */
const keys = new WeakMap<HttpRequest, { readonly maxBodyBytes: number; readonly key: string }>()

/** Null where it is aborted first. */
function unlessAborted<T>(result: Promise<T>, signal: AbortSignal | null): Promise<T | null> {
  if (signal === null) return result
  return new Promise((resolve, reject) => {
    const abort = () => resolve(null)
    const end = () => signal.removeEventListener('abort', abort)
    if (signal.aborted) return resolve(null)
    signal.addEventListener('abort', abort, { once: true })
    result.then(resolve, reject).finally(end)
  })
}
