import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { memoryStore } from '../store/memory-store.ts'
import { sqliteStore } from '../store/sqlite/sqlite-store.ts'
import type { Store } from '../store/store.ts'
import { embeddedEngine } from './embedded/embedded-engine.ts'
import { createSealer } from './embedded/sealer.ts'
import type { Engine } from './engine.ts'
import { type FarSide, farSide } from './far-side.ts'
import { type LocalCluster, startLocalCluster } from './restate/local-cluster.ts'
import { createRestateClient } from './restate/restate-client.ts'
import { restateEngine } from './restate/restate-engine.ts'
import { startRestateWorker } from './restate/restate-worker.ts'
import { settle, steppedClock } from './stepped-clock.ts'
import { systemClock } from './system-clock.ts'

/** An engine for the contract's cases, with a far side that answers when it is told to. */
export interface EngineWorld {
  readonly engine: Engine
  readonly far: FarSide
  /** Lets time go on until that holds; throws where it never does. */
  until(holds: () => boolean | Promise<boolean>): Promise<void>
  /** Another process of the same engine, over what is kept; the first has ended where there may be but one. */
  another(): Promise<Engine>
  /** All bytes that are kept. */
  kept(): Promise<Buffer>
  close(): Promise<void>
}

export interface WorldOptions {
  readonly limits?: { readonly perOrigin: number; readonly total: number }
  readonly keepMs?: number
  /** Nothing is there from another world. */
  readonly isFresh?: boolean
}

/** What worlds of one kind have in common, such as a server. */
export interface EngineKind {
  readonly name: string
  open(options: WorldOptions): Promise<EngineWorld>
  close(): Promise<void>
}

type StartableKind = { readonly name: string; start(): Promise<EngineKind> }

const EMBEDDED_KINDS: readonly StartableKind[] = [
  {
    name: 'in this process, in memory',
    start: async () => embeddedKind('memory', async () => memoryStore()),
  },
  { name: 'embedded, over SQLite', start: async () => embeddedKind('sqlite', sqliteStore) },
]

/** The engines of the project that is run: vitest.config.ts says which. */
export const ENGINE_KINDS: readonly StartableKind[] =
  process.env.BIDE_TEST_ENGINES === 'restate'
    ? [{ name: 'over Restate', start: restateKind }]
    : EMBEDDED_KINDS

const KEY = new Uint8Array(32).fill(7)
const KEEP_MS = 86_400_000
const STEP_MS = 50

function embeddedKind(name: string, openStore: (file: string) => Promise<Store>): EngineKind {
  return {
    name,
    async open({ limits, keepMs = KEEP_MS }) {
      const folder = mkdtempSync(join(tmpdir(), 'bide-engine-'))
      const file = join(folder, 'bide.db')
      const { clock, pass } = steppedClock()
      const until: EngineWorld['until'] = async (holds) => {
        for (let step = 0; step < 4000; step++) {
          await settle()
          if (await holds()) return
          await pass(STEP_MS)
        }
        throw new Error('it never came to pass')
      }
      const far = farSide(clock, until)
      const problems: unknown[] = []
      const memory = name === 'memory' ? await openStore(file) : null
      const engines: Engine[] = []
      let ids = 0
      const newId = () => `poll-${++ids}`
      const open = async () => {
        const engine = await embeddedEngine({
          store: memory ?? (await openStore(file)),
          sealer: createSealer(KEY),
          effects: { clock, random: () => 0, newId, transport: far.transport },
          onProblem: (problem) => problems.push(problem),
          keepMs,
          ...(limits && { limits }),
        })
        engines.push(engine)
        return engine
      }
      const engine = await open()
      return {
        engine,
        far,
        until,
        async another() {
          await engines.pop()?.stop(0)
          return open()
        },
        kept: async () => bytesBelow(folder),
        async close() {
          await Promise.all(engines.map((one) => one.stop(0)))
          rmSync(folder, { recursive: true })
        },
      }
    },
    async close() {},
  }
}

async function restateKind(): Promise<EngineKind> {
  const folder = mkdtempSync(join(tmpdir(), 'bide-restate-'))
  const cluster = await startLocalCluster({ nodes: 1, folder })
  return {
    name: 'restate',
    async open(options) {
      if (!options.isFresh) return restateWorld(cluster, folder, options)
      const own = await restateKind()
      const world = await own.open({ ...options, isFresh: false })
      return { ...world, close: () => world.close().finally(own.close) }
    },
    async close() {
      await cluster.stop()
      rmSync(folder, { recursive: true })
    },
  }
}

/** Time is real here, and the intervals of the cases are short. */
async function restateWorld(
  cluster: LocalCluster,
  folder: string,
  { limits, keepMs = KEEP_MS }: WorldOptions,
): Promise<EngineWorld> {
  const clock = systemClock
  const until: EngineWorld['until'] = async (holds) => {
    const late = clock.now() + 20_000
    while (clock.now() < late) {
      if (await holds()) return
      await clock.sleepUntil(clock.now() + 20, null)
    }
    throw new Error('it never came to pass')
  }
  const far = farSide(clock, until)
  const newId = () => crypto.randomUUID()
  const shared = {
    sealer: createSealer(KEY),
    effects: { clock, random: Math.random, newId, transport: far.transport },
    onProblem: () => {},
  }
  const client = () => createRestateClient(cluster, clock)
  const startWorker = (port: number) =>
    startRestateWorker({
      ...shared,
      client: client(),
      host: '127.0.0.1',
      port,
      advertise: null,
      identityKey: null,
      keepMs,
      ...(limits && { limits }),
    })
  let worker = await startWorker(0)
  const engines: Engine[] = []
  const open = async () => {
    const engine = restateEngine({ ...shared, client: client() })
    engines.push(engine)
    return engine
  }
  return {
    engine: await open(),
    far,
    until,
    async another() {
      const { port } = new URL(worker.address)
      await worker.stop(0)
      worker = await startWorker(Number(port))
      return open()
    },
    async kept() {
      // RocksDB compresses what it writes: the rows are what a thief would read.
      const reader = client()
      const rows = await reader.sql<{ value: string }>('select value from state')
      await reader.close()
      return Buffer.concat([bytesBelow(folder), ...rows.map(({ value }) => Buffer.from(value, 'hex'))])
    },
    async close() {
      far.answerAll()
      await Promise.all(engines.map((one) => one.stop(0)))
      await worker.stop(0)
    },
  }
}

function bytesBelow(folder: string): Buffer {
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).map((name) => join(folder, name))
  return Buffer.concat(files.filter((file) => statSync(file).isFile()).map((file) => readFileSync(file)))
}
