import { printTable } from '../server.mjs'
import { cpuMsOf, startWorld } from './cluster.mjs'
import { get, jobTask, pause, post, rounded, submitPolls } from './load.mjs'

const POLLS = Number(process.env.BIDE_BENCH_POLLS ?? 1000)
const SIZE = { polls: POLLS, pipelines: POLLS / 10, attempts: 5, intervalMs: 5000 }
const KILLED_AFTER_MS = 3000

/** What is done to a world while it carries on. */
export const KILLS = {
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

/** `BIDE_BENCH_KILLS=3` does that alone. */
export async function chaos(size = SIZE) {
  const only =
    process.env.BIDE_BENCH_KILLS?.split(',').map((index) => Object.keys(KILLS)[index]) ?? Object.keys(KILLS)
  const rows = []
  for (const name of only) {
    const came = await carried(size, { kill: KILLS[name], isTime: () => pause(KILLED_AFTER_MS) })
    for (const failure of came.failures) console.log(`failed: ${failure}`)
    rows.push([
      name,
      `${size.polls} + ${size.pipelines}`,
      came.lost,
      came.endedTwice,
      came.failed,
      came.startedTooOften,
      rounded(came.worstGapSeconds, 1),
      rounded(came.seconds, 1),
    ])
  }
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
}

/**
 * Three nodes and two workers carry polls, and pipelines of a REST and a Poll task, to their end, while `kill` is done to
 * them once all are submitted and `isTime` has resolved: what came of it.
 */
export async function carried(size, { kill, isTime, command }) {
  const { polls, pipelines, attempts, intervalMs } = size
  const world = await startWorld({ nodes: 3, workers: 2, command })
  try {
    await submitPolls(world.api, polls, (index) =>
      jobTask(world.far, index, {
        n: attempts,
        intervalMs,
        initialDelaySeconds: ((index % 100) / 100) * (intervalMs / 1000),
      }),
    )
    await startPipelines(world, size)
    const began = performance.now()
    await isTime(world)
    await kill(world)
    const counts = await allEnded(world, polls + pipelines)
    const seconds = (performance.now() - began) / 1000
    await pause(2000)
    const [{ n: endedTwice }] = await world.sql(
      `select count(*) as n from (select service_key, count(*) as ends from state where key like 'event %'
       and split_part(value_utf8, chr(31), 2) = 'ended' group by service_key having count(*) > 1) t`,
    )
    const { gapMs, starts } = await get(`${world.far}/figures`)
    return {
      lost: polls + pipelines - counts.completed - counts.failed,
      endedTwice,
      failed: counts.failed,
      failures: counts.failed > 0 ? await failures(world) : [],
      startedTooOften: starts - pipelines,
      worstGapSeconds: (gapMs.max - intervalMs) / 1000,
      seconds,
    }
  } finally {
    await world.stop()
  }
}

async function failures({ api }) {
  const { runs } = await get(`${api}/runs?status=FAILED`)
  return runs.map(({ kind, message }) => `${kind}: ${message}`)
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

const pipelineOver = (far, { attempts, intervalMs }) => `
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
          url: ${far}/job/\${Run.Start.output.responseJson.id}?n=${attempts}&interval=${intervalMs}
          pollCount: 1000
          pollIntervalSeconds: ${intervalMs / 1000}
          ignoreFailure: true
          exitCriteria: {success: 'status == "FINISHED"'}
`

async function startPipelines({ api, far }, size) {
  const answer = await fetch(`${api}/pipelines/Start%20and%20wait`, {
    method: 'PUT',
    headers: { 'content-type': 'application/yaml' },
    body: pipelineOver(far, size),
  })
  if (!answer.ok) throw new Error(await answer.text())
  const start = () => post(`${api}/pipelines/Start%20and%20wait/executions`, { input: {} })
  for (let begun = 0; begun < size.pipelines; begun += 10)
    await Promise.all(Array.from({ length: Math.min(10, size.pipelines - begun) }, start))
}
