import { createServer, type Http2Server, type ServerHttp2Session } from 'node:http2'
import type { AddressInfo } from 'node:net'
import { BideError } from '../../core/errors.ts'
import { VERSION } from '../../core/version.ts'
import type { Effects } from '../effects.ts'
import type { Sealer } from '../embedded/sealer.ts'
import { sharedCriteria } from '../embedded/shared-criteria.ts'
import { createBudget } from './budget.ts'
import { catalogObject } from './catalog-object.ts'
import { executionObject } from './execution-object.ts'
import { createHolding } from './holding.ts'
import { createMembership } from './membership.ts'
import { pipelineGate } from './pipeline-gate.ts'
import { pollObject } from './poll-object.ts'
import type { RestateClient } from './restate-client.ts'
import { loadRestateSdk } from './restate-sdk.ts'
import { workerRoll } from './worker-roll.ts'

export interface RestateWorkerOptions {
  readonly client: RestateClient
  readonly sealer: Sealer
  readonly effects: Effects
  readonly host: string
  /** 0 takes any that is free. */
  readonly port: number
  /** Where Restate reaches this worker, or what balances between several of the same version; null: host and port. */
  readonly advertise: string | null
  /** Which program this is: runs in flight stay with theirs. By default the version of bide. */
  readonly revision?: string | undefined
  /** The public key of a cluster that signs its requests; null takes them unsigned. */
  readonly identityKey: string | null
  readonly limits?: { readonly perOrigin: number; readonly total: number }
  readonly keepMs: number
  /** See `WorkerParts`; for tests. */
  readonly inactivityMs?: number
  readonly onProblem: (error: unknown) => void
}

export interface RestateWorker {
  /** What Restate knows it by. */
  readonly deployment: string
  readonly address: string
  /** Takes nothing new, and lets attempts in flight end for so long; what is broken off, another worker makes. */
  stop(graceMs: number): Promise<void>
}

const LIMITS = { perOrigin: 16, total: 512 }
/** Restate has by default a thousand at a time in each partition, of all workers. */
const MOST_HELD = 2000

/** Serves Restate as the one who carries polls on, under an address of this version. Keeps nothing that matters. */
export async function startRestateWorker(options: RestateWorkerOptions): Promise<RestateWorker> {
  const { client, effects, sealer, keepMs, onProblem } = options
  const sdk = await loadRestateSdk()
  const limits = options.limits ?? LIMITS
  const budget = createBudget(limits)
  const holding = createHolding(MOST_HELD)
  const parts = {
    sealer,
    effects,
    criteriaOf: sharedCriteria(),
    budget,
    holding,
    onProblem,
    keepMs,
    inactivityMs: options.inactivityMs,
  }
  const handler = sdk.createEndpointHandler({
    services: [
      pollObject(sdk, parts),
      executionObject(sdk, parts),
      pipelineGate(sdk),
      catalogObject(sdk),
      workerRoll(sdk),
    ],
    ...(options.identityKey !== null && { identityKeys: [options.identityKey] }),
    logger: (meta, ...said) => {
      if (meta.level === 'error') onProblem(new Error(said.map(String).join(' ')))
    },
  })
  const worker = effects.newId()
  const { perOrigin } = limits
  const membership = createMembership({ worker, client, clock: effects.clock, budget, perOrigin, onProblem })
  // Behind the address of others it has work from its first moment on, which would wait for its share.
  const hasJoined = await membership.joinOthers()
  const open = async () => {
    const listening = await listen(handler, options)
    const { port } = listening.server.address() as AddressInfo
    const base = options.advertise ?? `http://${options.host}:${port}`
    const address = `${base.replace(/\/$/, '')}/${options.revision ?? VERSION}`
    return { ...listening, address, deployment: await register(client, address) }
  }
  const { server, sessions, address, deployment } = await open().catch(async (error) => {
    if (hasJoined) await membership.leave()
    throw error
  })
  if (!hasJoined) await membership.join()
  return {
    deployment,
    address,
    async stop(graceMs) {
      holding.close()
      await membership.leave()
      const closed = new Promise((resolve) => server.close(resolve))
      for (const session of sessions) session.close()
      const until = effects.clock.now() + graceMs
      const isAtWork = () => sessions.size > 0 && holding.atWork() + budget.inFlight() > 0
      while (isAtWork() && effects.clock.now() < until)
        await effects.clock.sleepUntil(effects.clock.now() + 20, null)
      for (const session of sessions) session.destroy()
      await closed
      await client.close()
    },
  }
}

/** Tells Restate of this version. The same address again is no new version. */
async function register(client: RestateClient, uri: string): Promise<string> {
  const answer = (await client.admin('POST', '/deployments', { uri, force: false })) as { id: string }
  return answer.id
}

async function listen(
  handler: Parameters<typeof createServer>[1],
  { host, port }: Pick<RestateWorkerOptions, 'host' | 'port'>,
): Promise<{ server: Http2Server; sessions: Set<ServerHttp2Session> }> {
  const server = createServer(handler)
  const sessions = new Set<ServerHttp2Session>()
  server.on('session', (session) => {
    sessions.add(session)
    session.on('error', () => session.destroy())
    session.on('close', () => sessions.delete(session))
  })
  await new Promise<void>((resolve, reject) => {
    server.once('error', (cause: Error) =>
      reject(new BideError('invalid-usage', `cannot listen on ${host}:${port}: ${cause.message}`, { cause })),
    )
    server.listen(port, host, resolve)
  })
  return { server, sessions }
}
