import { networkInterfaces } from 'node:os'
import { BideError } from '../../core/errors.ts'
import { drainOlder } from '../../engine/restate/drain.ts'
import { createRestateClient } from '../../engine/restate/restate-client.ts'
import { startRestateWorker } from '../../engine/restate/restate-worker.ts'
import { systemClock } from '../../engine/system-clock.ts'
import { createEgressGuard } from '../../http/egress.ts'
import { restateParts } from '../../server/restate-parts.ts'
import { egressOf, engineOf, restateAddresses } from '../engine-input.ts'
import { WORKER_OPTIONS } from '../options/server.ts'
import { type Arguments, numberValue, parseArguments, textValue } from '../parse-arguments.ts'
import { aborted, stopOnSignal } from '../stop.ts'
import { UsageError } from '../usage-error.ts'

const PORT = 9080
const GRACE_SECONDS = 10
const DRAIN_SECONDS = 600
const KEEP_SECONDS = 30 * 86_400
const LIMITS = { perOrigin: 16, total: 512 }

/** `bide worker`: stays until a signal. `bide worker drain`: 0 once older versions have nothing in flight. */
export async function workerCommand(args: readonly string[]): Promise<number> {
  const parsed = parseArguments(WORKER_OPTIONS, args)
  const [what, stray] = parsed.positionals
  if ((what !== undefined && what !== 'drain') || stray !== undefined)
    throw new UsageError(
      `'${stray ?? what}' is nothing that a worker can do`,
      'bide worker, or bide worker drain',
    )
  if (parsed.values.engine !== undefined && engineOf(parsed) !== 'restate')
    throw new UsageError('--engine embedded has no workers', 'bide serve makes the attempts itself')
  return what === 'drain' ? drain(parsed) : work(parsed)
}

async function work(parsed: Arguments): Promise<number> {
  const number = (flag: string) => numberValue(WORKER_OPTIONS, parsed, flag)
  const keyFile = textValue(parsed, 'key-file') ?? (process.env.BIDE_KEY_FILE || null)
  const port = number('port') ?? PORT
  const perOrigin = number('per-origin') ?? LIMITS.perOrigin
  const egress = createEgressGuard({ ...egressOf(parsed), own: { addresses: ownAddresses(), port } })
  const { signal } = stopOnSignal()
  const worker = await startRestateWorker({
    ...(await restateParts({ restate: restateAddresses(parsed), keyFile, egress, connections: perOrigin })),
    host: textValue(parsed, 'host') ?? '127.0.0.1',
    port,
    advertise: textValue(parsed, 'advertise') ?? null,
    revision: textValue(parsed, 'revision'),
    identityKey: textValue(parsed, 'identity-key') ?? null,
    limits: { ...LIMITS, perOrigin },
    keepMs: (number('keep') ?? KEEP_SECONDS) * 1000,
    onProblem: (error) => say(error instanceof Error ? (error.stack ?? error.message) : String(error)),
  })
  say(`working as ${worker.address}, which Restate knows as ${worker.deployment}`)
  await aborted(signal)
  say('stopping')
  await worker.stop((number('grace') ?? GRACE_SECONDS) * 1000)
  return 0
}

async function drain(parsed: Arguments): Promise<number> {
  const client = createRestateClient(restateAddresses(parsed), systemClock)
  const waitMs = (numberValue(WORKER_OPTIONS, parsed, 'grace') ?? DRAIN_SECONDS) * 1000
  try {
    const { drained, busy } = await drainOlder(client, systemClock, waitMs)
    for (const { uri } of drained) say(`${uri} has nothing in flight, and is forgotten: its workers may go`)
    for (const { uri, inFlight } of busy) say(`${uri} still has ${inFlight} in flight`)
    if (drained.length + busy.length === 0) say('there is no older version')
    if (busy.length > 0)
      throw new BideError('state-mismatch', 'older versions are still at work; try again later')
    return 0
  } finally {
    await client.close()
  }
}

function ownAddresses(): string[] {
  return Object.values(networkInterfaces()).flatMap((all) => (all ?? []).map(({ address }) => address))
}

function say(text: string): void {
  process.stderr.write(`bide worker: ${text}\n`)
}
