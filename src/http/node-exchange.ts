import { Agent, type ClientRequest, type IncomingMessage, request } from 'node:http'
import type { Exchange, ExchangeHandler, ExchangeOptions, Hop, Underway } from './exchange.ts'

/** By node:http: quick to load, for a command that makes a few requests. HTTP/1.1, no proxy. */
export function nodeExchange(options: ExchangeOptions): Exchange {
  const plain = new Agent({ keepAlive: true })
  let secure: Promise<SecureClient> | null = null

  return {
    start(hop, handler) {
      const url = hop.origin + hop.path
      if (!isSecure(hop)) return listen(request(url, requestOptions(hop, plain)), hop, handler)
      let underway: Underway | null = null
      let stopped = false
      secure ??= secureClient(options)
      secure.then(
        (client) => {
          if (!stopped)
            underway = listen(client.request(url, requestOptions(hop, client.agent)), hop, handler)
        },
        (error: Error) => stopped || handler.onError(error),
      )
      return {
        stop() {
          stopped = true
          underway?.stop()
        },
      }
    },
    async close() {
      plain.destroy()
      await secure?.then(({ agent }) => agent.destroy())
    },
  }
}

type SecureClient = { request: typeof import('node:https').request; agent: import('node:https').Agent }

/** node:https costs time to load, and most of it is wasted on http URLs. */
async function secureClient(options: ExchangeOptions): Promise<SecureClient> {
  const [https, { tlsOptions }] = await Promise.all([import('node:https'), import('./tls-options.ts')])
  return { request: https.request, agent: new https.Agent({ keepAlive: true, ...tlsOptions(options) }) }
}

function requestOptions(hop: Hop, agent: Agent) {
  return { method: hop.method, headers: hop.headers, agent, setDefaultHeaders: true }
}

function isSecure({ origin }: Hop): boolean {
  return origin.startsWith('https:')
}

function listen(req: ClientRequest, hop: Hop, handler: ExchangeHandler): Underway {
  let over = false
  const fail = (error: Error) => {
    if (over) return
    over = true
    handler.onError(error)
  }
  req.on('error', fail)
  req.on('socket', (socket) => {
    if (req.reusedSocket || !socket.connecting) return over || handler.onSent(req.reusedSocket)
    socket.once(isSecure(hop) ? 'secureConnect' : 'connect', () => over || handler.onSent(false))
  })
  req.on('response', (response: IncomingMessage) => {
    if (over) return
    handler.onHead(response.statusCode ?? 0, response.headers)
    response.on('data', (chunk: Buffer) => over || handler.onData(chunk))
    response.on('error', fail)
    response.on('end', () => {
      if (over) return
      over = true
      handler.onEnd()
    })
  })
  req.end(hop.body ?? undefined)
  return {
    stop() {
      over = true
      req.destroy()
    },
  }
}
