import { printTable } from '../server.mjs'
import { cpuMsOf, startWorld } from './cluster.mjs'
import { get, jobTask, pause, post, rounded, submitPolls } from './load.mjs'

const POLLS = Number(process.env.BIDE_BENCH_POLLS ?? 1000)
const PIPELINES = POLLS / 10
const ATTEMPTS = 5
const INTERVAL_MS = 5000

const KILLS = {
  'nothing is killed': async () => {},
  'a worker': async ({ workers }) => workers[0].kill('SIGKILL'),
  'the busiest node': async (world) => process.kill((await leader(world)).pid, 'SIGKILL'),
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
export async function chaos(polls = POLLS) {
  const only =
    process.env.BIDE_BENCH_KILLS?.split(',').map((index) => Object.keys(KILLS)[index]) ?? Object.keys(KILLS)
  const rows = []
  for (const name of only) rows.push([name, ...(await runWith(KILLS[name], polls))])
  printTable(
    [
      'killed',
      'polls + pipelines',
      'lost',
      'ended twice',
      'failed',
      'REST sent too often',
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
    await submitPolls(world.api, polls, (index) =>
      jobTask(world.far, index, {
        n: ATTEMPTS,
        intervalMs: INTERVAL_MS,
        initialDelaySeconds: (index % 100) / 20,
      }),
    )
    await startPipelines(world)
    const began = performance.now()
    await pause(3000)
    await kill(world)
    const counts = await allEnded(world, polls + PIPELINES)
    const seconds = (performance.now() - began) / 1000
    await pause(2000)
    const [{ n: twice }] = await world.sql(
      `select count(*) as n from (select service_key, count(*) as ends from state where key like 'event %'
       and split_part(value_utf8, chr(31), 2) = 'ended' group by service_key having count(*) > 1) t`,
    )
    const { gapMs, starts } = await get(`${world.far}/figures`)
    const lost = polls + PIPELINES - counts.completed - counts.failed
    return [
      `${polls} + ${PIPELINES}`,
      lost,
      twice,
      counts.failed,
      starts - PIPELINES,
      rounded(gapMs.max / 1000 - INTERVAL_MS / 1000, 1),
      rounded(seconds, 1),
    ]
  } finally {
    await world.stop()
  }
}

const LONGEST_MS = 180_000

async function allEnded(world, polls) {
  const until = performance.now() + LONGEST_MS
  for (;;) {
    const rows = await world.sql(
      `select split_part(value_utf8, chr(31), 3) as status, count(*) as n from state
       where key = 'card' group by 1`,
    )
    const countOf = (status) => rows.find((row) => row.status === status)?.n ?? 0
    const counts = { completed: countOf('COMPLETED'), failed: countOf('FAILED') }
    if (counts.completed + counts.failed >= polls || performance.now() > until) return counts
    await pause(500)
  }
}

/** Partitions are spread over the nodes: the one that has worked most leads most of what goes on. */
export async function leader({ nodes }) {
  return nodes.reduce((most, node) => (cpuMsOf(node.pid) > cpuMsOf(most.pid) ? node : most))
}

const PIPELINE = (far) => `
kind: PIPELINE
name: Start and wait
concurrency: 50
stageOrder: [Run]
stages:
  Run:
    taskOrder: [Start, Wait]
    tasks:
      Start: {type: REST, input: {action: post, url: '${far}/start', payload: '{}'}}
      Wait:
        type: POLL
        input:
          url: ${far}/job/\${Run.Start.output.responseJson.id}?n=${ATTEMPTS}&interval=${INTERVAL_MS}
          pollCount: 1000
          pollIntervalSeconds: ${INTERVAL_MS / 1000}
          ignoreFailure: true
          exitCriteria: {success: 'status == "FINISHED"'}
`

async function startPipelines({ api, far }) {
  const answer = await fetch(`${api}/pipelines/Start%20and%20wait`, {
    method: 'PUT',
    headers: { 'content-type': 'application/yaml' },
    body: PIPELINE(far),
  })
  if (!answer.ok) throw new Error(await answer.text())
  const start = () => post(`${api}/pipelines/Start%20and%20wait/executions`, { input: {} })
  for (let begun = 0; begun < PIPELINES; begun += 10) await Promise.all(Array.from({ length: 10 }, start))
}
