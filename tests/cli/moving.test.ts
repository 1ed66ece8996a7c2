import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { farJobs } from './far-jobs.ts'
import { runBide } from './run-bide.ts'
import { serving } from './serving.ts'
import { temporaryFolder } from './temporary-folder.ts'

const far = farJobs()

const folder = temporaryFolder()
const { serve, kill } = serving()
const SECRET = 'key-of-the-test'
const pipelineOver = (url: string) => `
kind: PIPELINE
name: Waits
stageOrder: [Run]
stages:
  Run:
    taskOrder: [Wait]
    tasks:
      Wait:
        type: POLL
        input: {url: '${url}', pollIntervalSeconds: 3600, exitCriteria: {success: 'status == "X"'}}
`

it('moves what waits into a file that tells no secret, and out of it; count and deadline stay', async () => {
  const [from, to, file] = ['from', 'to', 'moved.ndjson'].map((name) => join(folder(), name)) as [
    string,
    string,
    string,
  ]
  const old = await serve(from)
  const env = { BIDE_SERVER: old.url }
  const url = far().job({ end: 'never' })
  const options = [
    '--interval',
    '1h',
    '--timeout',
    '1d',
    '--success',
    'status == "X"',
    '-H',
    `X-Key: ${SECRET}`,
  ]
  const id = (await runBide(['submit', url, ...options], { env })).stdout.trim()
  const yaml = join(folder(), 'waits.yaml')
  writeFileSync(yaml, pipelineOver(url))
  const execution = (await runBide(['submit', yaml], { env })).stdout.trim()
  const before = await shown(id, env, ({ iterationCount }) => iterationCount === 1)

  const early = await runBide(['export', file, '--data', from])
  expect(early.stderr).toMatch(/in use/)
  expect(early.code).not.toBe(0)
  await kill(old, 'SIGTERM')
  const exported = await runBide(['export', file, '--data', from])
  expect(exported).toMatchObject({ code: 0, stdout: '' })
  expect(exported.stderr).toMatch(/1 poll, 1 execution, 1 pipeline and 0 variables/)
  const text = readFileSync(file, 'utf8')
  expect(text).not.toContain(SECRET)
  expect(text).not.toContain('127.0.0.1')

  const another = await runBide(['import', file, '--data', to])
  expect(another.stderr).toMatch(/sealed with another key/)
  expect(another.code).not.toBe(0)
  const cut = join(folder(), 'cut.ndjson')
  writeFileSync(cut, text.split('\n').slice(0, 3).join('\n'))
  const key = ['--file-key', join(from, 'key')]
  expect((await runBide(['import', cut, '--data', to, ...key])).stderr).toMatch(/not whole/)
  const imported = await runBide(['import', file, '--data', to, ...key, '--json'])
  expect(JSON.parse(imported.stdout)).toMatchObject({ polls: 1, executions: 1, pipelines: 1, known: 0 })
  const again = await runBide(['import', file, '--data', to, ...key, '--json'])
  expect(JSON.parse(again.stdout)).toMatchObject({ polls: 0, executions: 0, known: 2, others: [] })

  const next = await serve(to)
  const there = { BIDE_SERVER: next.url }
  const after = await shown(id, there, () => true)
  const same = ['iterationCount', 'deadlineAt', 'nextAttemptAt', 'startedAt', 'observed'] as const
  expect(same.map((key) => after[key])).toEqual(same.map((key) => before[key]))
  expect((await runBide(['show', execution], { env: there })).stdout).toMatch(/RUNNING/)
  const held = await serve(from)
  expect((await shown(id, { BIDE_SERVER: held.url }, () => true)).status).toBe('PAUSED')
}, 240_000)

it('says what is missing', async () => {
  const nowhere = join(folder(), 'nowhere')
  expect((await runBide(['export', 'x.ndjson', '--data', nowhere])).stderr).toMatch(/nowhere/)
  expect(existsSync(nowhere)).toBe(false)
  for (const command of ['export', 'import'])
    expect((await runBide([command])).stderr).toMatch(
      new RegExp(`one file is to be named[^]*bide ${command} moved`),
    )
  expect((await runBide(['import', join(folder(), 'none'), '--data', nowhere])).stderr).toMatch(/no file/)
  const restate = ['--engine', 'restate', '--restate-url', 'http://127.0.0.1:9']
  expect((await runBide(['export', 'x.ndjson', ...restate])).stderr).toMatch(/need a key that they share/)
}, 120_000)

interface Shown {
  readonly status: string
  readonly iterationCount: number
  readonly deadlineAt: string
  readonly nextAttemptAt: string
  readonly startedAt: string
  readonly observed: object
}

async function shown(
  id: string,
  env: Record<string, string>,
  holds: (poll: Shown) => boolean,
): Promise<Shown> {
  for (let turn = 0; turn < 100; turn++) {
    const poll = JSON.parse((await runBide(['show', id, '--json'], { env })).stdout) as Shown
    if (holds(poll)) return poll
  }
  throw new Error('it never came to pass')
}
