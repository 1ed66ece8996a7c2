import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { runBide } from './run-bide.ts'
import { temporaryFolder } from './temporary-folder.ts'

const folder = temporaryFolder()

const RELEASE = `
kind: PIPELINE
name: Release
input: {target: eu}
output: {image: '\${Build.Wait.output.responseJson.image}'}
rollbacks: [{stage: Deploy, name: Undo}]
stageOrder: [Build, Deploy]
stages:
  Build:
    taskOrder: [Start, Wait]
    tasks:
      Start:
        type: REST
        input:
          action: post
          url: http://127.0.0.1:1/jobs
          headers: {X-Key: '\${var.KEY}'}
          payload: '{"to": "\${input.target}"}'
          retry: {count: 2}
      Wait:
        type: POLL
        input:
          url: http://127.0.0.1:1/jobs/\${Build.Start.output.responseBody.id}
          exitCriteria: {success: status == "FINISHED", failure: status == "FAILED"}
  Deploy:
    taskOrder: ['Web,Worker', Ok]
    tasks:
      Web: {type: REST, ignoreFailure: true, input: {url: http://127.0.0.1:1/web, requestTimeoutSeconds: 5}}
      Worker: {type: Pipeline, preCondition: '\${input.target} == "eu"', input: {pipeline: Login, inputProperties: {user: '\${input.target}'}}}
      Ok: {type: Condition, input: {condition: '\${Deploy.Web.output.responseCode} == 200'}}
---
name: Login
input: {user: none}
stageOrder: [S]
stages: {S: {taskOrder: [Get], tasks: {Get: {type: REST, input: {url: 'http://127.0.0.1:1/login/\${input.user}'}}}}}
---
name: Undo
stageOrder: [S]
stages: {S: {taskOrder: [Do], tasks: {Do: {type: REST, input: {action: delete, url: http://127.0.0.1:1/undo}}}}}
`

async function release(): Promise<string> {
  const path = join(folder(), 'release.yaml')
  await writeFile(path, RELEASE)
  return path
}

const KEY = { env: { KEY: 'hunter22' } }

describe('bide plan', () => {
  it('shows what would be sent, in order and side by side, and how long it can take', async () => {
    const args = ['plan', await release(), '--input', 'target=us', '--var', 'KEY=env:KEY']
    const { code, stdout, stderr } = await runBide(args, KEY)
    expect([code, stderr]).toEqual([0, ''])
    expect(stdout).toBe(`Release: at most 8 min 40 s
  input target: us
  Build
    1. Start: POST http://127.0.0.1:1/jobs
      X-Key: ******
      payload {"to": "us"}
      sent again up to 2 times, 5 s apart
      at most 1 min 40 s
    2. Wait: poll GET http://127.0.0.1:1/jobs/\${Build.Start.output.responseBody.id}
      succeeds if status == "FINISHED"
      fails if status == "FAILED"
      5 attempts, 1 min apart: at most 6 min 30 s
  Deploy
    1. side by side:
      - Web: GET http://127.0.0.1:1/web
        at most 5 s
        goes on if it fails
      - Worker: runs Login
        only if \${input.target} == "eu"
        Login: at most 30 s
          input user: us
          S
            1. Get: GET http://127.0.0.1:1/login/us
              at most 30 s
    2. Ok: goes on if \${Deploy.Web.output.responseCode} == 200
  if Deploy fails: runs Undo to roll back, at most 30 s
  output image: \${Build.Wait.output.responseJson.image}
`)
  })

  it('is one JSON object with --json', async () => {
    const args = ['plan', await release(), '--var', 'KEY=env:KEY', '--json']
    const { stdout } = await runBide(args, KEY)
    expect(stdout).not.toContain('hunter22')
    const plan = JSON.parse(stdout)
    expect(plan).toMatchObject({ name: 'Release', longestSeconds: 520, input: { target: 'eu' } })
    expect(plan.stages[0].steps[0].tasks[0]).toMatchObject({
      name: 'Start',
      type: 'REST',
      request: { method: 'POST', headers: { 'X-Key': '******' }, payload: '{"to": "eu"}' },
      retry: { count: 2, intervalSeconds: 5 },
    })
  })

  it('refuses what a run would refuse', async () => {
    const path = join(folder(), 'broken.yaml')
    await writeFile(path, 'name: P\nstageOrder: [Biuld]\nstages: {Build: {}}\n')
    const ran = await runBide(['plan', path])
    expect(ran).toMatchObject({ code: 2, stdout: '' })
    expect(ran.stderr).toContain(`${path}:2:14: error: there is no stage 'Biuld'`)
    expect(ran.stderr).toContain('did you mean Build?')
  })

  it.each([
    [['--input', 'taget=us'], 'did you mean target?'],
    [['--pipeline', 'Relase'], "--pipeline: there is no pipeline 'Relase'"],
    [['--unknown'], '--unknown is no option here'],
  ])('%j is bad usage', async (args, says) => {
    const ran = await runBide(['plan', await release(), '--var', 'KEY=x', ...args])
    expect(ran).toMatchObject({ code: 2, stdout: '', stderr: expect.stringContaining(says) })
  })
})
