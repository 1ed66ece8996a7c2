import { subscribe } from 'node:diagnostics_channel'
import { Agent, type Dispatcher, EnvHttpProxyAgent } from 'undici'
import type { Exchange, ExchangeHandler, ExchangeOptions, Hop } from './exchange.ts'
import { guardedConnector } from './guarded-connector.ts'
import { tlsOptions } from './tls-options.ts'

/** By undici: a third of the CPU a request, for many polls; also HTTP/2 and proxies. */
export function undiciExchange(options: ExchangeOptions): Exchange {
  const dispatcher = createDispatcher(options)
  return {
    start(hop, handler) {
      const dispatched = new DispatchHandler(handler)
      try {
        dispatcher.dispatch(dispatchOptions(hop), dispatched)
      } catch (error) {
        dispatched.onResponseError(null, error as Error)
      }
      return () => dispatched.stop()
    },
    close: () => dispatcher.destroy(),
  }
}

/** Time-outs are ours, over the whole attempt: undici's tick at a second, and a dripping body never trips them. */
function createDispatcher(options: ExchangeOptions): Dispatcher {
  const tls = tlsOptions(options)
  const connect = { timeout: 60_000, ...tls }
  const common = {
    connections: options.connections ?? 128,
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

function dispatchOptions({ origin, path, method, headers, body }: Hop): Dispatcher.DispatchOptions {
  return { origin, path, method: method as Dispatcher.HttpMethod, headers, body }
}

/**
 * undici does not tell a handler whether its connection had served before. It writes a request at once after
 * `onRequestStart`, and says on this channel on which socket.
 */
const served = new WeakSet<object>()
let starting: DispatchHandler | null = null
subscribe('undici:client:sendHeaders', (message) => {
  const { socket } = message as { socket: object }
  starting?.sentOn(served.has(socket))
  starting = null
  served.add(socket)
})

class DispatchHandler implements Dispatcher.DispatchHandler {
  #handler: ExchangeHandler | null
  #controller: Dispatcher.DispatchController | null = null

  constructor(handler: ExchangeHandler) {
    this.#handler = handler
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
    this.#handler = null
  }

  onResponseError(_: Dispatcher.DispatchController | null, error: Error): void {
    this.#handler?.onError(error)
    this.#handler = null
  }
}
