import { join } from 'node:path'
import { expect, it } from 'vitest'
import { farJobs } from './far-jobs.ts'
import { killRounds } from './kill-rounds.ts'
import { type Served, serving } from './serving.ts'
import { temporaryFolder } from './temporary-folder.ts'

const far = farJobs()

const folder = temporaryFolder()
const { serve, kill } = serving()

/** Starts a job, and waits for it: the path that is posted to tells which execution posted. */
const PIPELINE = `
kind: PIPELINE
name: Job
concurrency: 3
input: {api: '', n: ''}
stageOrder: [Run]
stages:
  Run:
    taskOrder: [Start, Wait]
    tasks:
      Start:
        type: REST
        input: {action: post, url: '\${input.api}/iaas/api/\${input.n}', payload: '{"polls": 2}'}
      Wait:
        type: POLL
        input:
          url: \${input.api}\${Run.Start.output.responseJson.selfLink}
          pollCount: 50
          pollIntervalSeconds: 0.02
          exitCriteria: {success: 'status == "FINISHED"', failure: 'status == "FAILED"'}
`

async function put({ api }: Served) {
  const headers = { 'content-type': 'application/yaml' }
  const response = await fetch(`${api}/pipelines/Job`, { method: 'PUT', headers, body: PIPELINE })
  expect(response.status).toBe(201)
}

async function begin({ api }: Served, n: string): Promise<string> {
  const headers = { 'content-type': 'application/json' }
  const body = JSON.stringify({ input: { api: far().url, n } })
  const response = await fetch(`${api}/pipelines/Job/executions`, { method: 'POST', headers, body })
  return ((await response.json()) as { executionId: string }).executionId
}

async function eventsOf({ api }: Served, id: string) {
  const text = await (await fetch(`${api}/executions/${id}/events?after=0`)).text()
  const numbers = [...text.matchAll(/^id: (.*)$/gm)].map(([, number]) => Number(number))
  return { numbers, kinds: [...text.matchAll(/^event: (.*)$/gm)].map(([, kind]) => kind!) }
}

const kills = Number(process.env.BIDE_KILLS ?? 5)

it('killed at any moment it loses no execution that it acknowledged, ends none twice, and posts nothing twice', {
  timeout: 30_000 + kills * 3000,
}, async () => {
  const data = join(folder(), 'data')
  const first = await serve(data)
  await put(first)
  await kill(first, 'SIGKILL')
  const acknowledged = await killRounds({
    kills,
    withinMs: 250,
    start: () => serve(data),
    kill: (server) => kill(server, 'SIGKILL'),
    take: async (server, n) => [await begin(server, n), n],
  })
  const server = await serve(data)
  const count = { acknowledged: acknowledged.size, completed: 0, unknown: 0 }
  for (const [id, n] of acknowledged) {
    const response = await fetch(`${server.api}/executions/${id}?wait=25s`)
    const { status, statusMessage } = (await response.json()) as { status: string; statusMessage: string }
    if (status === 'COMPLETED') count.completed++
    else {
      expect([status, statusMessage]).toEqual(['FAILED', expect.stringContaining('Unknown: bide stopped')])
      count.unknown++
    }
    const { numbers, kinds } = await eventsOf(server, id)
    expect(numbers).toEqual(numbers.map((_, index) => index + 1))
    expect([kinds[0], kinds.at(-1), kinds.filter((kind) => kind === 'ended')]).toEqual([
      'started',
      'ended',
      ['ended'],
    ])
    const posts = far().requests.filter(({ method, url }) => method === 'POST' && url === `/iaas/api/${n}`)
    expect(posts.length).toBeLessThanOrEqual(1)
    if (status === 'COMPLETED') expect(posts.length).toBe(1)
  }
  expect(count.acknowledged).toBeGreaterThan(0)
  expect(count.completed + count.unknown).toBe(count.acknowledged)
  if (process.env.BIDE_KILLS) console.log(`${kills} kills: ${JSON.stringify(count)}`)
  expect((await kill(server, 'SIGTERM')).code).toBe(0)
})
