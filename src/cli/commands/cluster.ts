import { mkdirSync } from 'node:fs'
import { resolve } from 'node:path'
import { startLocalCluster } from '../../engine/restate/local-cluster.ts'
import { CLUSTER_OPTIONS } from '../options/server.ts'
import { numberValue, parseArguments, textValue } from '../parse-arguments.ts'
import { writeOut } from '../standard-output.ts'
import { aborted, stopOnSignal } from '../stop.ts'
import { UsageError } from '../usage-error.ts'

const NODES = 3

/** `bide cluster up`: Restate nodes on loopback until a signal; 0 where they then ended in good order. */
export async function clusterCommand(args: readonly string[]): Promise<number> {
  const parsed = parseArguments(CLUSTER_OPTIONS, args)
  const [what, stray] = parsed.positionals
  if (what !== 'up' || stray !== undefined)
    throw new UsageError(
      `bide cluster ${stray ?? what ?? ''}: what to do with it?`,
      'bide cluster up starts one',
    )
  const nodes = numberValue(CLUSTER_OPTIONS, parsed, 'nodes') ?? NODES
  if (nodes < 1 || nodes > 9) throw new UsageError(`--nodes: ${nodes} is not between 1 and 9`)
  const folder = resolve(textValue(parsed, 'data') ?? './bide-cluster')
  mkdirSync(folder, { recursive: true })
  const { signal } = stopOnSignal()
  say(`starting ${nodes} nodes in ${folder}`)
  const cluster = await startLocalCluster({ nodes, folder })
  if (parsed.values.json) writeOut(`${JSON.stringify(addressesOf(cluster))}\n`)
  for (const { name, ingress, admin, process } of cluster.nodes)
    say(`${name} (process ${process.pid}): --restate-url ${ingress} --restate-admin-url ${admin}`)
  say('up; Ctrl-C stops it')
  await aborted(signal)
  say('stopping')
  await cluster.stop()
  return 0
}

function addressesOf({ nodes }: Awaited<ReturnType<typeof startLocalCluster>>) {
  return {
    nodes: nodes.map(({ name, ingress, admin, process }) => ({ name, ingress, admin, pid: process.pid })),
  }
}

function say(text: string): void {
  process.stderr.write(`bide cluster: ${text}\n`)
}
