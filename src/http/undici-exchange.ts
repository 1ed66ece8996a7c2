import { subscribe } from 'node:diagnostics_channel'
import { Agent, type Dispatcher, EnvHttpProxyAgent } from 'undici'
import type { Exchange, ExchangeHandler, ExchangeOptions, Hop, Underway } from './exchange.ts'
import { guardedConnector } from './guarded-connector.ts'
import { createLines, type Place } from './line.ts'
import { tlsOptions } from './tls-options.ts'

/** To one origin. For each request undici looks for an idle one from the first on, so more of them cost more. */
const CONNECTIONS = 50

/** By undici: a third of the CPU a request, for many polls; also HTTP/2 and proxies. */
export function undiciExchange(options: ExchangeOptions): Exchange {
  const connections = options.connections ?? CONNECTIONS
  const dispatcher = createDispatcher(options, connections)
  // One connection of HTTP/2 carries many at a time.
  const lines = createLines(options.http2 ? Number.POSITIVE_INFINITY : connections)
  return {
    start(hop, handler) {
      const dispatch = new Dispatch(dispatcher, hop, handler)
      lines.join(hop.origin, dispatch)
      return dispatch
    },
    close: () => dispatcher.destroy(),
  }
}

/** Time-outs are ours, over the whole attempt: undici's tick at a second, and a dripping body never trips them. */
function createDispatcher(options: ExchangeOptions, connections: number): Dispatcher {
  const tls = tlsOptions(options)
  const connect = { timeout: 60_000, ...tls }
  const common = {
    connections,
    headersTimeout: 0,
    bodyTimeout: 0,
    allowH2: options.http2 ?? false,
    connect: options.egress
      ? guardedConnector(options.egress, { ...connect, allowH2: options.http2 ?? false })
      : connect,
  }
  if (!options.proxyFromEnvironment) return new Agent(common)
  return new EnvHttpProxyAgent({ ...common, requestTls: tls, proxyTls: tls, proxyTunnel: false })
}

/**
 * undici does not tell a handler whether its connection had served before. It writes a request at once after
 * `onRequestStart`, and says on this channel on which socket.
 */
const served = new WeakSet<object>()
let starting: Dispatch | null = null
subscribe('undici:client:sendHeaders', (message) => {
  const { socket } = message as { socket: object }
  starting?.sentOn(served.has(socket))
  starting = null
  served.add(socket)
})

/** A hop that waits for its turn, or that undici has. */
class Dispatch implements Place, Underway, Dispatcher.DispatchHandler {
  next: Place | null = null
  leave: (() => void) | null = null
  #handler: ExchangeHandler | null
  #controller: Dispatcher.DispatchController | null = null
  readonly #dispatcher: Dispatcher
  readonly #hop: Hop

  constructor(dispatcher: Dispatcher, hop: Hop, handler: ExchangeHandler) {
    this.#dispatcher = dispatcher
    this.#hop = hop
    this.#handler = handler
  }

  get isGone(): boolean {
    return this.#handler === null
  }

  /** undici reads of a hop what it knows, and leaves the rest alone. */
  begin(): void {
    try {
      this.#dispatcher.dispatch(this.#hop as Dispatcher.DispatchOptions, this)
    } catch (error) {
      this.onResponseError(null, error as Error)
    }
  }

  stop(): void {
    this.#handler = null
    this.#controller?.abort(new Error('stopped'))
  }

  sentOn(reused: boolean): void {
    this.#handler?.onSent(reused)
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    this.#controller = controller
    if (this.#handler === null) controller.abort(new Error('stopped'))
    else starting = this
  }

  onResponseStart(
    _: Dispatcher.DispatchController,
    code: number,
    headers: Record<string, string | string[]>,
  ): void {
    if (code >= 200) this.#handler?.onHead(code, headers)
  }

  onResponseData(_: Dispatcher.DispatchController, chunk: Buffer): void {
    this.#handler?.onData(chunk)
  }

  onResponseEnd(): void {
    this.#handler?.onEnd()
    this.#over()
  }

  onResponseError(_: Dispatcher.DispatchController | null, error: Error): void {
    this.#handler?.onError(error)
    this.#over()
  }

  #over(): void {
    this.#handler = null
    this.#controller = null
    this.leave?.()
    this.leave = null
  }
}
