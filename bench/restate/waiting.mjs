import { median, printTable } from '../server.mjs'
import { startWorld } from './cluster.mjs'
import { get, jobTask, pause, rounded, submitPolls } from './load.mjs'

const POLLS = Number(process.env.BIDE_BENCH_POLLS ?? 100_000)
/** Of those that wait, so many come due meanwhile. */
const DUE = 200

/** What polls cost that do nothing but wait, and how late those are that come due among them. */
export async function waiting(polls = POLLS) {
  const world = await startWorld({ nodes: 1, workers: 1 })
  try {
    const [rss, disk] = [world.rssMiB().restate, world.diskMiB()]
    const hours = (index) =>
      jobTask(world.far, index, { intervalMs: 86_400_000, initialDelaySeconds: 86_400 })
    const { ids, perSecond } = await submitPolls(world.api, polls, hours)
    const [rssAfter, diskAfter] = [world.rssMiB(), world.diskMiB()]
    const task = (index) =>
      jobTask(world.far, index, {
        intervalMs: 2000,
        initialDelaySeconds: 2 + (index % 20) / 10,
        prefix: 'due',
      })
    await submitPolls(world.api, DUE, task)
    await get(`${world.far}/forget`)
    await pause(15_000)
    const { lateMs } = await get(`${world.far}/figures`)
    const listMs = await timed(() => get(`${world.api}/runs?limit=50`))
    const oneMs = await timed(() => get(`${world.api}/polls/${ids[0]}`))
    printTable(
      [
        'waiting',
        'submitted a second',
        'Restate RSS MiB',
        'more disk KiB a poll',
        'more RSS KiB a poll',
        'late p50 ms',
        'p99',
        'a page of the list ms',
        'one poll ms',
      ],
      [
        [
          polls,
          rounded(perSecond),
          rounded(rssAfter.restate),
          rounded(((diskAfter - disk) * 1024) / polls, 1),
          rounded(((rssAfter.restate - rss) * 1024) / polls, 1),
          rounded(lateMs.p50),
          rounded(lateMs.p99),
          rounded(listMs),
          rounded(oneMs),
        ],
      ],
    )
  } finally {
    await world.stop()
  }
}

/** The median of a few. */
async function timed(work) {
  const all = []
  for (let count = 0; count < 9; count++) {
    const began = performance.now()
    await work()
    all.push(performance.now() - began)
  }
  return median(all)
}
