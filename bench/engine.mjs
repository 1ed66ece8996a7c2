// What `bide serve` holds: polls that wait, attempts that are made, and how late. The job server, the engine and the
// server are processes of their own, on 127.0.0.1; the data is in a temporary folder, which is removed.
import { spawn } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'
import { printTable, startServer } from './server.mjs'
import { serverFigures } from './server-figures.mjs'

const FEW = 10_000
/** Asked for more often than can be done, at the target, and at half of it: the target several times, as the machine varies. */
const SETTINGS = [
  { title: 'as fast as it can', intervalSeconds: 0.5, stores: ['sqlite', 'memory'] },
  {
    title: '8,000 a second asked for',
    intervalSeconds: 1.25,
    stores: ['sqlite', 'memory', 'sqlite', 'sqlite'],
  },
  { title: '4,000 a second asked for', intervalSeconds: 2.5, stores: ['sqlite', 'memory'] },
]

/** A first attempt costs several times what a later one does, and what it holds up is made up for in this time. */
const WARM_SECONDS = 15

/** The engine alone, over its two stores. */
export async function runEngine() {
  const folder = mkdtempSync(join(tmpdir(), 'bide-bench-'))
  const jobs = await startServer()
  try {
    await engineFigures(folder, `${jobs.url}/pending`)
  } finally {
    jobs.close()
    rmSync(folder, { recursive: true, force: true })
  }
}

/**
 * The whole server. `BIDE_BENCH_POLLS` says how many wait (a million), and `BIDE_BENCH_INTERVAL` how many seconds (200).
 * What is in the folder `BIDE_BENCH_DATA` stays, and is polled on by the next run with it.
 */
export async function runServer() {
  const kept = process.env.BIDE_BENCH_DATA
  const folder = kept ?? mkdtempSync(join(tmpdir(), 'bide-bench-'))
  const portFile = join(folder, 'job-server-port')
  const jobs = await startServer(existsSync(portFile) ? Number(readFileSync(portFile, 'utf8')) : 0)
  try {
    mkdirSync(folder, { recursive: true })
    writeFileSync(portFile, new URL(jobs.url).port)
    await serverFigures(join(folder, 'data'), `${jobs.url}/pending`)
  } finally {
    jobs.close()
    if (kept === undefined) rmSync(folder, { recursive: true, force: true })
  }
}

async function engineFigures(folder, url) {
  const child = await buildEngine()
  const rows = []
  for (const { title, intervalSeconds, stores } of SETTINGS)
    for (const store of stores) {
      const setting = {
        store,
        folder: mkdtempSync(join(folder, 'engine-')),
        url,
        polls: FEW,
        intervalSeconds,
      }
      const taken = await sample(child, { ...setting, warmSeconds: WARM_SECONDS, seconds: 10 })
      rows.push([
        `${store}, ${title}`,
        ...[taken.attemptsPerSecond, taken.cpuMicroseconds, taken.mainMicroseconds].map((number) =>
          number.toFixed(0),
        ),
        taken.cores.toFixed(2),
        (1e6 / taken.cpuMicroseconds).toFixed(0),
        ...[taken.lateMs.p50, taken.lateMs.p99, taken.lateMs.max, taken.rssMegabytes].map((number) =>
          number.toFixed(0),
        ),
      ])
    }
  console.log(
    `${FEW} polls of one origin, 16 at a time, each of a URL of its own; the engine alone, 10 s after ${WARM_SECONDS} s.`,
  )
  printTable(
    [
      'store',
      'attempts/s',
      'CPU an attempt, us',
      'of the main thread',
      'cores taken',
      'attempts a core-second',
      'late p50, ms',
      'p99',
      'max',
      'RSS, MB',
    ],
    rows,
  )
}

/** The engine from its sources, with the store's thread beside it. */
async function buildEngine() {
  const out = fileURLToPath(new URL('../node_modules/.cache/bide-bench/', import.meta.url))
  const shared = { bundle: true, platform: 'node', external: ['undici', 'libsql'], logLevel: 'error' }
  const path = (relative) => fileURLToPath(new URL(relative, import.meta.url))
  await build({
    ...shared,
    format: 'esm',
    entryPoints: [path('engine-child.ts')],
    outfile: `${out}engine-child.mjs`,
    define: { BIDE_STORE_THREAD: '"./store-thread.cjs"' },
    banner: { js: "import{createRequire as r}from'node:module';const require=r(import.meta.url);" },
  })
  await build({
    ...shared,
    format: 'cjs',
    entryPoints: [path('../src/store/thread/store-thread.ts')],
    outfile: `${out}store-thread.cjs`,
  })
  return `${out}engine-child.mjs`
}

function sample(child, setting) {
  return new Promise((resolve, reject) => {
    const engine = spawn(process.execPath, [child, JSON.stringify(setting)], {
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    let said = ''
    engine.stdout.on('data', (chunk) => {
      said += chunk
    })
    engine.on('exit', () =>
      said === '' ? reject(new Error('the engine said nothing')) : resolve(JSON.parse(said)),
    )
  })
}
