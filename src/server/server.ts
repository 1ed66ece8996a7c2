import { readFileSync } from 'node:fs'
import { createServer, type RequestListener, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { networkInterfaces } from 'node:os'
import { getRequestListener } from '@hono/node-server'
import { BideError } from '../core/errors.ts'
import type { Effects } from '../engine/effects.ts'
import { embeddedEngine, type MadeAttempt } from '../engine/embedded/embedded-engine.ts'
import type { LaneLimits } from '../engine/embedded/lanes.ts'
import { createSealer, type Sealer } from '../engine/embedded/sealer.ts'
import type { Engine } from '../engine/engine.ts'
import type { RestateAddresses } from '../engine/restate/restate-client.ts'
import { systemClock } from '../engine/system-clock.ts'
import { timeOrderedId } from '../engine/time-ordered-id.ts'
import { createEgressGuard, type EgressGuard, type EgressMode } from '../http/egress.ts'
import { createTransport } from '../http/transport.ts'
import type { Catalog } from '../store/catalog.ts'
import { createApp } from './app.ts'
import { type DataFolder, keyOf } from './data-folder.ts'
import { knownTokens } from './known-tokens.ts'
import type { Log } from './log.ts'
import { createMetrics, type Metrics } from './metrics.ts'
import { mostConnections } from './most-connections.ts'
import { type OpenData, openData } from './open-data.ts'
import { readPage } from './page.ts'
import { pipelineCatalog } from './pipeline-catalog.ts'
import type { RestatePartsOptions } from './restate-parts.ts'
import { timedStore } from './timed-store.ts'
import { openTokenCatalog } from './token-catalog.ts'
import { parseTokens } from './tokens.ts'
import { openTracing } from './tracing.ts'
import { variableCatalog } from './variable-catalog.ts'
import { createWakeTokens } from './wake-tokens.ts'
import { sendWebhooks } from './webhooks.ts'

export interface ServerOptions extends Omit<DataFolder, 'folder'> {
  readonly dataFolder: string
  /** 0 takes any that is free. */
  readonly port: number
  readonly host: string
  /** Beside those that are kept in the data folder. */
  readonly tokensFile: string | null
  /** Names by which the server may be called, beside its address. */
  readonly allowHosts: readonly string[]
  readonly egress: {
    readonly mode: EgressMode
    readonly allow: readonly string[]
    readonly deny: readonly string[]
  }
  /** How long a poll is kept after its end, how many of these, and the bytes with which nothing more is taken in. */
  readonly keepMs?: number
  readonly keepRows?: number
  readonly maxStoreBytes?: number
  /** Attempts at a time to one origin, and begun a second. */
  readonly limits?: Partial<Pick<LaneLimits, 'perOrigin' | 'ratePerOrigin'>>
  /** Where Restate is, which then keeps the polls instead of the data folder; null without it. */
  readonly restate?: RestateAddresses | null
  readonly log: Log
  readonly onProblem: (error: unknown) => void
}

export interface RunningServer {
  readonly url: string
  /** Takes no more requests, lets attempts in flight end for so long, and keeps what came of them. */
  stop(graceMs: number): Promise<void>
}

/** @throws BideError where it cannot be started safely, or at all. */
export async function startServer(options: ServerOptions): Promise<RunningServer> {
  const { host, port, tokensFile } = options
  const isLoopback = /^(localhost|127(\.\d{1,3}){3}|::1)$/.test(host)
  const tokenFile = tokensFile === null ? null : parseTokens(readTokens(tokensFile))
  const server = createServer({ maxHeaderSize: 16 * 1024, requestTimeout: 30_000 })
  // Left at its default, Node drops what is beyond it: a token, perhaps.
  server.maxHeadersCount = 0
  let answer: RequestListener = notYet
  server.on('request', (request, response) => answer(request, response))
  await listen(server, port, host)
  try {
    const own = { addresses: interfaceAddresses(), port: (server.address() as AddressInfo).port }
    const egress = createEgressGuard({ ...options.egress, own })
    const metrics = createMetrics(systemClock.now)
    const tracing = await openTracing(process.env)
    const onAttempt = (made: MadeAttempt) => {
      metrics.attempted(made)
      tracing?.attempted(made)
    }
    const transport = await createTransport({
      clock: systemClock,
      egress,
      connections: options.limits?.perOrigin,
    })
    const newId = () => timeOrderedId(systemClock)
    const effects = { clock: systemClock, random: Math.random, newId, transport }
    const data = await openData({ ...options, folder: options.dataFolder })
    const { engine, tokens, shelves } = await withData(data, async () => {
      const { store, sealer } = data
      const catalog = await openTokenCatalog({ catalog: store.catalog, sealer, now: systemClock.now })
      const tokens = knownTokens(catalog, tokenFile, { host, isLoopback })
      return { tokens, ...(await openEngine(options, { data, egress, effects, metrics, onAttempt })) }
    })
    const stopping = new AbortController()
    const hosts = [...LOOPBACK_NAMES, host, ...options.allowHosts].map((name) => name.toLowerCase())
    const access = { tokens: tokens.guard, hosts, isLoopback }
    const page = readPage()
    const { log, onProblem } = options
    const { audit, outbox } = data.store
    const wakeTokens = createWakeTokens(digesterOf(options, data))
    const { sealer } = data
    const pipelines = pipelineCatalog(shelves.catalog, shelves.sealer)
    const variables = variableCatalog(shelves.catalog, shelves.sealer)
    const services = { engine, egress, metrics, log, tokens, wakeTokens, audit, pipelines, variables }
    const { signal } = stopping
    const webhooksSent = sendWebhooks({ outbox, engine, sealer, effects, log, onProblem, signal })
    const app = createApp({ services, access, stopping: stopping.signal, page, onProblem })
    answer = getRequestListener(app.fetch, { overrideGlobalObjects: false })
    const name = host.includes(':') ? `[${host}]` : host
    return {
      url: `http://${name}:${own.port}`,
      async stop(graceMs) {
        stopping.abort()
        tokens.release()
        await closeServer(server)
        await webhooksSent
        await engine.stop(graceMs)
        await tracing?.stop()
      },
    }
  } catch (error) {
    server.close()
    throw error
  }
}

/** The address is taken first, since the guard must know it; what waits in the store takes a moment more. */
const notYet: RequestListener = (_, response) => {
  response.writeHead(503, { 'retry-after': '1' }).end()
}

/** Whoever is being answered has this long to take it. */
const LAST_WORDS_MS = 1000

/** Takes no more connections, and lets go of each as soon as its answer has gone. */
async function closeServer(server: Server): Promise<void> {
  const closed = new Promise((resolve) => server.close(resolve))
  const idle = setInterval(() => server.closeIdleConnections(), 10)
  const late = setTimeout(() => server.closeAllConnections(), LAST_WORDS_MS)
  await closed
  clearInterval(idle)
  clearTimeout(late)
}

const LOOPBACK_NAMES = ['localhost', '127.0.0.1', '::1']

interface EngineParts {
  readonly data: OpenData
  readonly egress: EgressGuard
  readonly effects: Effects
  readonly metrics: Metrics
  readonly onAttempt: (made: MadeAttempt) => void
}

interface OpenEngine {
  readonly engine: Engine
  /** Where pipelines and variables are kept, and by what they are sealed. */
  readonly shelves: { readonly catalog: Catalog; readonly sealer: Sealer }
}

async function openEngine(options: ServerOptions, parts: EngineParts): Promise<OpenEngine> {
  const { data, egress, effects, metrics, onAttempt } = parts
  const { keyFile, keepMs, keepRows, maxStoreBytes, limits, onProblem, restate } = options
  if (restate) {
    const opened = await openRestateEngine({ restate, keyFile, egress, onProblem })
    metrics.watch({ engine: 'restate', load: opened.engine.load, storeBytes: () => null })
    return opened
  }
  const engine = await embeddedEngine({
    store: timedStore(data.store, metrics.committed),
    sealer: data.sealer,
    effects,
    onAttempt,
    onProblem,
    limits: { total: mostConnections(), ...limits },
    ...(keepMs !== undefined && { keepMs }),
    ...(keepRows !== undefined && { keepRows }),
    ...(maxStoreBytes !== undefined && { maxStoreBytes }),
  })
  metrics.watch({ engine: 'embedded', load: engine.load, storeBytes: data.bytes })
  return { engine, shelves: { catalog: data.store.catalog, sealer: data.sealer } }
}

/** Servers that share Restate share the key alone. */
function digesterOf({ restate, dataFolder, ...key }: ServerOptions, { sealer }: OpenData): Sealer {
  return restate ? createSealer(keyOf({ ...key, folder: dataFolder }, { make: false })) : sealer
}

/** Loaded when it is chosen. */
async function openRestateEngine(
  options: RestatePartsOptions & Pick<ServerOptions, 'onProblem'>,
): Promise<OpenEngine> {
  const [{ restateParts }, { restateEngine }, { restateCatalog }] = await Promise.all([
    import('./restate-parts.ts'),
    import('../engine/restate/restate-engine.ts'),
    import('../engine/restate/restate-catalog.ts'),
  ])
  const parts = await restateParts(options)
  const { client, sealer } = parts
  const engine = restateEngine({ ...parts, onProblem: options.onProblem })
  return { engine, shelves: { catalog: restateCatalog(client), sealer } }
}

/** Closes the data again where nothing came of it. */
async function withData<T>({ store }: OpenData, work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    await store.close()
    throw error
  }
}

function readTokens(path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch (cause) {
    throw new BideError('invalid-usage', `--tokens: cannot read ${path}`, { cause })
  }
}

function interfaceAddresses(): string[] {
  return Object.values(networkInterfaces()).flatMap((all) => (all ?? []).map(({ address }) => address))
}

function listen(server: Server, port: number, host: string): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', (cause: NodeJS.ErrnoException) => {
      reject(new BideError('invalid-usage', `cannot listen on ${host}:${port}: ${cause.message}`, { cause }))
    })
    server.listen(port, host, () => resolve())
  })
}
