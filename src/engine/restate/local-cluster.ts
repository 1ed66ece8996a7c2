import { type ChildProcess, spawn } from 'node:child_process'
import { closeSync, mkdirSync, openSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { createServer } from 'node:net'
import { arch, platform } from 'node:os'
import { join } from 'node:path'
import { BideError } from '../../core/errors.ts'
import { systemClock } from '../system-clock.ts'
import type { RestateAddresses } from './restate-client.ts'

export interface LocalClusterOptions {
  readonly nodes: number
  /** Where the nodes keep what they keep, and write their logs. */
  readonly folder: string
  readonly partitions?: number
  /** For RocksDB, a node. */
  readonly memoryMiB?: number
}

export interface LocalNode {
  readonly name: string
  readonly process: ChildProcess
  readonly ingress: string
  readonly admin: string
  /** The file that it writes its log to. */
  readonly log: string
}

export interface LocalCluster extends RestateAddresses {
  readonly nodes: readonly LocalNode[]
  /** Starts a node again that has ended, on what it kept. */
  restart(name: string): LocalNode
  stop(): Promise<void>
}

/** The program of a Restate node. @throws BideError that names what to install. */
export function restateProgram(): string {
  const name = `@restatedev/restate-server-${platform()}-${arch()}`
  try {
    const require = createRequire(import.meta.url)
    const beside = createRequire(require.resolve('@restatedev/restate-server/package.json'))
    return beside.resolve(`${name}/bin/restate-server`)
  } catch (cause) {
    throw new BideError('invalid-usage', `there is no Restate server here for ${platform()} on ${arch()}`, {
      cause,
      hint: 'npm install @restatedev/restate-server brings it for Linux and macOS; or bring a cluster of your own, and name it by --restate-url',
    })
  }
}

/** False on a platform for which Restate has no program at all. */
export function hasRestateProgram(): boolean {
  return PLATFORMS.has(`${platform()}-${arch()}`)
}

const PLATFORMS = new Set(['linux-x64', 'linux-arm64', 'darwin-x64', 'darwin-arm64'])

/** In each partition: workers stay with polls that are due soon, and each of these counts. */
const HELD_AT_A_TIME = 4000

const STARTS_WITHIN_MS = 60_000

/**
 * Starts Restate nodes on loopback, for trying and testing; with three and more, two of them keep each record. They
 * take no snapshots, which Restate puts nowhere but in an object store: their log grows until they are thrown away.
 */
export async function startLocalCluster(options: LocalClusterOptions): Promise<LocalCluster> {
  const program = restateProgram()
  const ports = await freePorts(3 * options.nodes)
  const files = Array.from({ length: options.nodes }, (_, index) =>
    writeConfiguration(options, { index, ports }),
  )
  const launch = ({ name, file, ingress, admin }: (typeof files)[number]): LocalNode => {
    const log = join(options.folder, `${name}.log`)
    const output = openSync(log, 'a')
    const child = spawn(program, ['--config-file', file, '--no-logo'], {
      stdio: ['ignore', output, output],
      env: { PATH: process.env.PATH, DO_NOT_TRACK: '1' },
    })
    closeSync(output)
    return { name, process: child, ingress, admin, log }
  }
  const nodes = files.map(launch)
  const stop = async () => {
    await Promise.all(nodes.map(({ process }) => ended(process)))
  }
  const answers = nodes.map((node) => answering(node))
  await Promise.all(answers).catch(async (error) => {
    await stop()
    throw error
  })
  return {
    nodes,
    ingress: nodes.map(({ ingress }) => ingress),
    admin: nodes.map(({ admin }) => admin),
    restart(name) {
      const index = files.findIndex((file) => file.name === name)
      const node = launch(files[index] as (typeof files)[number])
      nodes[index] = node
      return node
    },
    stop,
  }
}

interface NodePlace {
  readonly index: number
  readonly ports: readonly number[]
}

function writeConfiguration(options: LocalClusterOptions, { index, ports }: NodePlace) {
  const { folder, nodes, partitions = 4, memoryMiB = 256 } = options
  const port = (kind: 0 | 1 | 2, of = index) => ports[3 * of + kind] as number
  const name = `node-${index + 1}`
  const peers = Array.from({ length: nodes }, (_, of) => `"http://127.0.0.1:${port(0, of)}"`)
  mkdirSync(join(folder, name), { recursive: true })
  const file = join(folder, `${name}.toml`)
  writeFileSync(
    file,
    `# Written by bide: a node for trying and testing.
cluster-name = "bide-local"
node-name = "${name}"
base-dir = "${join(folder, name)}"
listen-mode = "tcp"
bind-address = "127.0.0.1:${port(0)}"
advertised-address = "http://127.0.0.1:${port(0)}"
auto-provision = ${index === 0}
default-num-partitions = ${partitions}
default-replication = ${nodes >= 3 ? 2 : 1}
disable-telemetry = true
log-filter = "warn"
log-disable-ansi-codes = true
rocksdb-total-memory-size = "${memoryMiB} MiB"

[metadata-client]
addresses = [${peers.join(', ')}]

[admin]
bind-address = "127.0.0.1:${port(1)}"
disable-web-ui = true

[ingress]
bind-address = "127.0.0.1:${port(2)}"

[worker.invoker]
concurrent-invocations-limit = ${HELD_AT_A_TIME}
`,
  )
  return { name, file, admin: `http://127.0.0.1:${port(1)}`, ingress: `http://127.0.0.1:${port(2)}` }
}

/** Asks for rows: a node says that it is well before it can do anything. */
async function answering({ name, process, admin, log }: LocalNode): Promise<void> {
  const until = systemClock.now() + STARTS_WITHIN_MS
  while (process.exitCode === null && systemClock.now() < until) {
    const answer = await fetch(`${admin}/query`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', accept: 'application/json' },
      body: '{"query":"select count(*) as n from state"}',
    }).catch(() => null)
    if (answer?.ok) return
    await systemClock.sleepUntil(systemClock.now() + 100, null)
  }
  throw new BideError('store', `the Restate node ${name} did not start: ${log} says why`)
}

function ended(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return Promise.resolve()
  return new Promise((resolve) => {
    const late = setTimeout(() => child.kill('SIGKILL'), 5000)
    child.once('exit', () => {
      clearTimeout(late)
      resolve()
    })
    child.kill('SIGTERM')
  })
}

/** Ports that are free now, each another. */
async function freePorts(count: number): Promise<number[]> {
  const servers = await Promise.all(
    Array.from({ length: count }, () => {
      const server = createServer()
      return new Promise<typeof server>((resolve) => server.listen(0, '127.0.0.1', () => resolve(server)))
    }),
  )
  const ports = servers.map((server) => (server.address() as { port: number }).port)
  await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))))
  return ports
}
