import { printTable } from '../server.mjs'
import { startWorld } from './cluster.mjs'
import { get, jobTask, pause, rounded, submitPolls } from './load.mjs'

const SECONDS = 15

/** Nodes x workers; `BIDE_BENCH_WORLDS=1x2` has that alone. */
const WORLDS = process.env.BIDE_BENCH_WORLDS?.split(',') ?? ['1x1', '1x2', '3x2']
/** So many a second are submitted at least: nothing is due before all are. */
const SUBMITTED_A_SECOND = 70

/** Attempts a second with all that is due, then lateness at about half of that; with one worker and with two. */
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
    rows.push([
      `${nodes} node${nodes > 1 ? 's' : ''}, ${workers} worker${workers > 1 ? 's' : ''}`,
      rounded(full.perSecond),
      rounded(full.cpuMs.workers / full.attempts, 2),
      rounded(full.cpuMs.restate / full.attempts, 2),
      rounded(half.perSecond),
      rounded(half.lateMs.p50),
      rounded(half.lateMs.p99),
      rounded(half.lateMs.max),
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
    ],
    rows,
  )
}

async function measure({ nodes, workers, polls, intervalMs }) {
  const world = await startWorld({ nodes, workers })
  try {
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
    const [before, began] = [world.cpuMs(), performance.now()]
    await pause(SECONDS * 1000)
    const [{ attempts, lateMs }, after] = [await get(`${world.far}/figures`), world.cpuMs()]
    const seconds = (performance.now() - began) / 1000
    const cpuMs = { workers: after.workers - before.workers, restate: after.restate - before.restate }
    return { attempts, lateMs, perSecond: attempts / seconds, cpuMs }
  } finally {
    await world.stop()
  }
}
