import { randomUUID } from 'node:crypto'
import { BideError } from '../core/errors.ts'
import type { Effects } from '../engine/effects.ts'
import { createSealer, type Sealer } from '../engine/embedded/sealer.ts'
import {
  createRestateClient,
  type RestateAddresses,
  type RestateClient,
} from '../engine/restate/restate-client.ts'
import { systemClock } from '../engine/system-clock.ts'
import type { EgressGuard } from '../http/egress.ts'
import { createTransport } from '../http/transport.ts'
import { readKey } from './key-file.ts'

/** What a server and a worker over Restate are both made of. */
export interface RestateParts {
  readonly client: RestateClient
  readonly sealer: Sealer
  readonly effects: Effects
}

export interface RestatePartsOptions {
  readonly restate: RestateAddresses
  readonly keyFile: string | null
  readonly egress: EgressGuard
  /** At most to one origin. */
  readonly connections?: number | undefined
}

/** @throws BideError where there is no key: all servers and workers of a cluster need the same. */
export async function restateParts(options: RestatePartsOptions): Promise<RestateParts> {
  const { restate, keyFile, egress, connections } = options
  const sealer = restateKey(keyFile)
  const transport = await createTransport({ clock: systemClock, egress, connections })
  const effects = { clock: systemClock, random: Math.random, newId: randomUUID, transport }
  return { client: createRestateClient(restate, systemClock), sealer, effects }
}

/** What all servers and workers of a cluster seal with. @throws BideError where there is no key. */
export function restateKey(keyFile: string | null): Sealer {
  if (keyFile === null)
    throw new BideError('invalid-usage', 'over Restate, servers and workers need a key that they share', {
      hint: 'make one by: openssl rand -hex 32 > bide.key, and name it by --key-file or BIDE_KEY_FILE',
    })
  return createSealer(readKey(keyFile, { make: false }))
}
