import { printTable } from '../server.mjs'
import { startWorld } from './cluster.mjs'
import { jobTask, rounded, submitPolls } from './load.mjs'

const POLLS = 4000
const AT_ONCE = [1, 32, 128]

/** What a submission over the API costs, so many of them at a time. */
export async function submitting() {
  const world = await startWorld({ nodes: 1, workers: 1 })
  try {
    const submit = (polls, prefix, atOnce) =>
      submitPolls(
        world.api,
        polls,
        (index) => jobTask(world.far, index, { intervalMs: 86_400_000, initialDelaySeconds: 86_400, prefix }),
        atOnce,
      )
    await submit(POLLS, 'before', 32)
    const rows = []
    for (const atOnce of AT_ONCE) {
      const polls = atOnce === 1 ? POLLS / 10 : POLLS
      const before = world.cpuMs()
      const { perSecond } = await submit(polls, `at-${atOnce}`, atOnce)
      const after = world.cpuMs()
      const cpuOf = (part) => rounded((after[part] - before[part]) / polls, 2)
      rows.push([atOnce, rounded(perSecond), cpuOf('serve'), cpuOf('workers'), cpuOf('restate')])
    }
    printTable(['at a time', 'submitted a second', 'CPU ms each: server', 'worker', 'Restate'], rows)
  } finally {
    await world.stop()
  }
}
