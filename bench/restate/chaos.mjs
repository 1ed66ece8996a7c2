import { printTable } from '../server.mjs'
import { startWorld } from './cluster.mjs'
import { get, jobTask, pause, rounded, submitPolls } from './load.mjs'

const POLLS = 1000
const ATTEMPTS = 20
const INTERVAL_MS = 1000

const KILLS = {
  'nothing is killed': async () => {},
  'a worker': async ({ workers }) => workers[0].kill('SIGKILL'),
  'the node that leads most': async (world) => process.kill((await leader(world)).pid, 'SIGKILL'),
  'a worker and that node together': async (world) => {
    const { pid } = await leader(world)
    world.workers[0].kill('SIGKILL')
    process.kill(pid, 'SIGKILL')
  },
  'workers are upgraded under load': async (world) => {
    const next = [await world.startWorker('two'), await world.startWorker('two')]
    const code = await world.drain()
    if (code !== 0) throw new Error('the older workers were not drained')
    for (const worker of world.workers) worker.kill('SIGTERM')
    world.workers.push(...next)
  },
}

/** Three nodes and two workers carry polls to their end while parts of them are killed. */
export async function chaos(only = Object.keys(KILLS), polls = POLLS) {
  const rows = []
  for (const name of only) rows.push([name, ...(await runWith(KILLS[name], polls))])
  printTable(
    [
      'killed',
      'polls',
      'lost',
      'ended twice',
      'failed',
      'attempts too many',
      'worst gap s',
      'all ended after s',
    ],
    rows,
  )
  return rows
}

async function runWith(kill, polls) {
  const world = await startWorld({ nodes: 3, workers: 2 })
  try {
    const { ids } = await submitPolls(world.api, polls, (index) =>
      jobTask(world.far, index, {
        n: ATTEMPTS,
        intervalMs: INTERVAL_MS,
        initialDelaySeconds: (index % 100) / 100,
      }),
    )
    await get(`${world.far}/forget`)
    const began = performance.now()
    await pause(4000)
    await kill(world)
    const counts = await allEnded(world, ids.length)
    const seconds = (performance.now() - began) / 1000
    await pause(2000)
    const [twice] = await world.sql(
      `select count(*) as n from (select service_key, count(*) as ends from state where service_name = 'bidePoll'
       and key like 'event %' and split_part(value_utf8, chr(31), 2) = 'ended' group by service_key having count(*) > 1) t`,
    )
    const { gapMs } = await get(`${world.far}/figures`)
    const sample = await Promise.all(ids.slice(0, 200).map((id) => get(`${world.api}/polls/${id}`)))
    const lost =
      sample.filter(({ status }) => status === undefined).length + polls - counts.completed - counts.failed
    const extra = await attemptsTooMany(world, polls)
    return [polls, lost, twice.n, counts.failed, extra, rounded(gapMs.max / 1000, 1), rounded(seconds, 1)]
  } finally {
    await world.stop()
  }
}

/** Those that the far side saw beyond the one that finished a job: asked again since an answer was lost. */
async function attemptsTooMany(world, polls) {
  const rows = await world.sql(
    `select count(*) as n from state where service_name = 'bidePoll' and key like 'event %' and value_utf8 like 'attempt%'`,
  )
  return rows[0].n - polls * ATTEMPTS
}

const LONGEST_MS = 180_000

async function allEnded(world, polls) {
  const until = performance.now() + LONGEST_MS
  for (;;) {
    const rows = await world.sql(
      `select split_part(value_utf8, chr(31), 3) as status, count(*) as n from state
       where service_name = 'bidePoll' and key = 'card' group by 1`,
    )
    const countOf = (status) => rows.find((row) => row.status === status)?.n ?? 0
    const counts = { completed: countOf('COMPLETED'), failed: countOf('FAILED') }
    if (counts.completed + counts.failed >= polls || performance.now() > until) return counts
    await pause(500)
  }
}

/** The node that leads the most partitions. */
async function leader({ nodes, sql }) {
  const rows = await sql(
    `select plain_node_id, count(*) as n from partition_state where effective_mode = 'LEADER' group by plain_node_id order by n desc`,
  )
  const number = Number(/\d+/.exec(rows[0].plain_node_id)[0])
  return nodes[number - 1]
}
