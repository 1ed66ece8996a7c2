import type { PollView } from '../../engine/engine.ts'
import type { Arguments } from '../parse-arguments.ts'
import { UsageError } from '../usage-error.ts'
import type { Client } from './client.ts'
import { RefusedError } from './server-error.ts'

/** The path of a poll or an execution, and what the server answered to a question about it. */
export interface FoundRun {
  readonly kind: 'poll' | 'execution'
  readonly path: string
  readonly json: unknown
}

/** The one ID that a command was given. @throws UsageError */
export function readId(command: string, { positionals }: Arguments): string {
  const [id, ...more] = positionals
  if (id === undefined)
    throw new UsageError('no ID was given', `as in: bide ${command} ID; bide ls lists them`)
  if (more.length > 0) throw new UsageError(`one ID is taken, but '${more[0]}' was given as well`)
  return id
}

/** Asks about an ID, which may be a poll's or an execution's. @throws RefusedError where it is neither's. */
export async function findRun(client: Client, id: string): Promise<FoundRun> {
  return askEither(client, id, { method: 'GET', more: '' })
}

/** The same question to the poll and, where there is none, to the execution of that ID. */
export async function askEither(
  client: Client,
  id: string,
  { method, more }: { method: string; more: string },
): Promise<FoundRun> {
  for (const [kind, folder] of KINDS) {
    const path = `/${folder}/${encodeURIComponent(id)}`
    try {
      return { kind, path, json: (await client.ask(method, path + more)).json }
    } catch (error) {
      if (!(error instanceof RefusedError && error.isOfBide && error.status === 404)) throw error
    }
  }
  throw new RefusedError(404, {
    message: `there is no poll or execution '${id}' at ${client.address.url}`,
    hint: 'bide ls lists what there is',
  })
}

const KINDS = [
  ['poll', 'polls'],
  ['execution', 'executions'],
] as const

export function isPoll(found: FoundRun): found is FoundRun & { json: PollView } {
  return found.kind === 'poll'
}
