import type { Clock } from '../effects.ts'
import { quoted, type RestateClient } from './restate-client.ts'

export interface Drained {
  /** Versions that Restate has forgotten, since nothing of them was in flight. */
  readonly drained: readonly Deployment[]
  readonly busy: readonly (Deployment & { readonly inFlight: number })[]
}

interface Deployment {
  readonly id: string
  readonly uri: string
}

const LOOK_EVERY_MS = 250

/**
 * Waits until what older versions of the workers have in flight has ended, and has Restate forget them. What waits
 * belongs to no version, so this takes as long as the longest attempt, not as the longest wait.
 */
export async function drainOlder(client: RestateClient, clock: Clock, waitMs: number): Promise<Drained> {
  const older = await olderDeployments(client)
  const until = clock.now() + waitMs
  const drained: Deployment[] = []
  for (;;) {
    const busy: (Deployment & { inFlight: number })[] = []
    for (const deployment of older.filter((one) => !drained.includes(one))) {
      const inFlight = await inFlightOf(client, deployment.id)
      if (inFlight > 0) busy.push({ ...deployment, inFlight })
      else {
        await client.admin('DELETE', `/deployments/${deployment.id}?force=true`)
        drained.push(deployment)
      }
    }
    if (busy.length === 0 || clock.now() >= until) return { drained, busy }
    await clock.sleepUntil(clock.now() + LOOK_EVERY_MS, null)
  }
}

/** Deployments of bide that are the newest of none of their objects. */
async function olderDeployments(client: RestateClient): Promise<Deployment[]> {
  const { deployments } = (await client.admin('GET', '/deployments')) as {
    deployments: { id: string; uri: string; services: { name: string }[] }[]
  }
  const { services } = (await client.admin('GET', '/services')) as { services: { deployment_id: string }[] }
  const newest = new Set(services.map(({ deployment_id }) => deployment_id))
  return deployments
    .filter(({ id, services }) => !newest.has(id) && services.some(({ name }) => name.startsWith('bide')))
    .map(({ id, uri }) => ({ id, uri }))
}

async function inFlightOf(client: RestateClient, deployment: string): Promise<number> {
  const [row] = await client.sql<{ count: number }>(
    `select count(*) as count from sys_invocation where pinned_deployment_id = ${quoted(deployment)}
     and status <> 'completed'`,
  )
  return row?.count ?? 0
}
