import { printTable } from '../server.mjs'
import { startWorld } from './cluster.mjs'
import { get, jobTask, pause, rounded, submitPolls } from './load.mjs'

const SECONDS = 15

/** Attempts a second with all that is due, then lateness at about half of that; with one worker and with two. */
export async function throughput() {
  const rows = []
  for (const [nodes, workers] of [
    [1, 1],
    [1, 2],
    [3, 2],
  ]) {
    const full = await measure({ nodes, workers, polls: 2000, intervalMs: 500 })
    const half = await measure({
      nodes,
      workers,
      polls: Math.max(50, Math.round(full.perSecond / 2) * 2),
      intervalMs: 2000,
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
    const task = (index) =>
      jobTask(world.far, index, {
        intervalMs,
        initialDelaySeconds: 8 + ((index % 100) / 100) * (intervalMs / 1000),
      })
    await submitPolls(world.api, polls, task)
    await pause(12_000)
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
