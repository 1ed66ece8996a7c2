import { type LookupAddress, type LookupOptions, lookup } from 'node:dns'
import { isIP } from 'node:net'
import { buildConnector } from 'undici'
import type { EgressGuard } from './egress.ts'

/** A connection that must not be made; `message` says by which rule. */
export class EgressDenied extends Error {
  readonly code = 'BIDE_EGRESS_DENIED'
}

const KEPT_CONNECTORS = 1000

/**
 * Connects only where the guard allows. It is asked of an address in the URL, of every address that a name stands
 * for (a name that leads to one forbidden address is refused), and of the address that was connected to.
 */
export function guardedConnector(
  guard: EgressGuard,
  options: buildConnector.BuildOptions,
): buildConnector.connector {
  const connectors = new Map<string, buildConnector.connector>()
  /** One for each target, since a lookup is not told the port; kept, for the TLS sessions in it. */
  const connectorTo = (host: string, port: number) => {
    const key = `${host} ${port}`
    const known =
      connectors.get(key) ?? buildConnector({ ...options, lookup: guardedLookup(guard, port) } as object)
    connectors.delete(key)
    connectors.set(key, known)
    if (connectors.size > KEPT_CONNECTORS) connectors.delete(connectors.keys().next().value as string)
    return known
  }
  return (target, callback) => {
    const host = target.hostname.replace(/^\[|\]$/g, '')
    const port = Number(target.port || (target.protocol === 'https:' ? 443 : 80))
    const denied = guard({ host, address: isIP(host) === 0 ? null : host, port })
    if (denied !== null) return callback(new EgressDenied(denied), null)
    connectorTo(host, port)(target, (...[error, socket]) => {
      if (error !== null) return callback(error, null)
      const address = socket.remoteAddress ?? null
      const reason = guard({ host, address, port })
      if (reason === null) return callback(null, socket)
      socket.destroy()
      callback(new EgressDenied(reason), null)
    })
  }
}

type LookupCallback = (error: Error | null, address: string | LookupAddress[], family?: number) => void

function guardedLookup(guard: EgressGuard, port: number) {
  return (host: string, options: LookupOptions, callback: LookupCallback) => {
    lookup(host, { ...options, all: true }, (error, found) => {
      if (error !== null) return callback(error, '')
      const reason = found.map(({ address }) => guard({ host, address, port })).find((said) => said !== null)
      if (reason) return callback(new EgressDenied(`${host} leads where it must not: ${reason}`), '')
      const [first] = found
      if (options.all) callback(null, found)
      else callback(null, first?.address ?? '', first?.family)
    })
  }
}
