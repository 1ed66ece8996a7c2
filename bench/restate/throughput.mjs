import { printTable } from '../server.mjs'
import { startWorld } from './cluster.mjs'
import { get, jobTask, pause, rounded, submitPolls } from './load.mjs'

const SECONDS = 15
const IDLE_MS = 4000

/** Nodes x workers; `BIDE_BENCH_WORLDS=1x2` has that alone. */
const WORLDS = process.env.BIDE_BENCH_WORLDS?.split(',') ?? ['1x1', '1x2', '3x2']
/** So many a second are submitted at least: nothing is due before all are. */
const SUBMITTED_A_SECOND = 150

/** No worker stays with polls that are asked so seldom: each attempt is an invocation of its own. */
const SELDOM = { polls: 4800, intervalMs: 12_000 }

/**
 * Attempts a second with all that is due, then lateness at about half of that, then what an attempt costs of polls that
 * are asked seldom; with one worker and with two.
 */
export async function throughput() {
  const rows = []
  for (const [nodes, workers] of WORLDS.map((world) => world.split('x').map(Number))) {
    const full = await measure({ nodes, workers, polls: 1000, intervalMs: 400 })
    const half = await measure({
      nodes,
      workers,
      polls: Math.max(50, Math.round(full.perSecond / 2)),
      intervalMs: 1000,
    })
    const seldom = await measure({ nodes, workers, ...SELDOM })
    const cpuOf = ({ cpuMs, attempts }) =>
      [cpuMs.workers, cpuMs.restate].map((ms) => rounded(ms / attempts, 2))
    rows.push([
      `${nodes} node${nodes > 1 ? 's' : ''}, ${workers} worker${workers > 1 ? 's' : ''}`,
      rounded(full.perSecond),
      ...cpuOf(full),
      rounded(half.perSecond),
      rounded(half.lateMs.p50),
      rounded(half.lateMs.p99),
      rounded(half.lateMs.max),
      ...cpuOf(seldom),
      rounded(seldom.idle),
    ])
  }
  printTable(
    [
      '',
      'attempts/s',
      'CPU ms an attempt: workers',
      'Restate',
      'at half: attempts/s',
      'late p50 ms',
      'p99',
      'max',
      'asked seldom: CPU ms an attempt: workers',
      'Restate',
      'with nothing to do: Restate, CPU ms a second',
    ],
    rows,
  )
}

async function measure({ nodes, workers, polls, intervalMs }) {
  const world = await startWorld({ nodes, workers })
  try {
    const idle = await cpuDuring(world, IDLE_MS)
    const startsAt = performance.now() + (polls / SUBMITTED_A_SECOND) * 1000
    const task = (index) =>
      jobTask(world.far, index, {
        intervalMs,
        initialDelaySeconds:
          Math.max(0, startsAt - performance.now()) / 1000 + ((index % 100) / 100) * (intervalMs / 1000),
      })
    await submitPolls(world.api, polls, task)
    await pause(startsAt - performance.now() + 6000)
    await get(`${world.far}/forget`)
    const began = performance.now()
    const cpuMs = await cpuDuring(world, SECONDS * 1000)
    const { attempts, lateMs } = await get(`${world.far}/figures`)
    const seconds = (performance.now() - began) / 1000
    return { attempts, lateMs, perSecond: attempts / seconds, cpuMs, idle: idle.restate / (IDLE_MS / 1000) }
  } finally {
    await world.stop()
  }
}

async function cpuDuring(world, ms) {
  const before = world.cpuMs()
  await pause(ms)
  const after = world.cpuMs()
  return { workers: after.workers - before.workers, restate: after.restate - before.restate }
}
