import { readFileSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { describe, expect, it } from 'vitest'
import { farJobs } from './far-jobs.ts'
import { runBide, startBide } from './run-bide.ts'
import { type Served, serving } from './serving.ts'
import { temporaryFolder } from './temporary-folder.ts'

const EXAMPLE = resolve(import.meta.dirname, '../../examples/image-enumeration.yaml')

const far = farJobs()

const folder = temporaryFolder()
const { serve, kill } = serving()
const data = () => join(folder(), 'data')
const at = ({ url }: Served, args: readonly string[], env = {}) =>
  runBide(args, { env: { BIDE_SERVER: url, ...env } })

/** A file with one pipeline that polls a job until it ends, and what is more in the file. */
function pipelineFile(job: string, { name = 'Wait', poll = '', more = '' } = {}): string {
  const path = join(folder(), 'pipeline.yaml')
  writeFileSync(
    path,
    `kind: PIPELINE
name: ${name}
input: {region: us-east-1}
stageOrder: [Main]
stages:
  Main:
    taskOrder: [Ask]
    tasks:
      Ask:
        type: POLL
        input:
          url: ${job}?region=\${input.region}
          pollIntervalSeconds: 0.1
          pollCount: 50
          ${poll}
          exitCriteria: {success: 'status == "FINISHED"', failure: 'status == "FAILED"'}
${more}`,
  )
  return path
}

describe('bide submit FILE', () => {
  it('keeps the pipeline, says so, and shows its execution as bide run does, with its exit code', async () => {
    const server = await serve(data())
    const args = [
      'submit',
      EXAMPLE,
      '--input',
      `api=${far().url}`,
      '--comments',
      'nightly',
      '--wait',
      '--json',
    ]
    const ran = await at(server, args)
    const local = await runBide(['run', EXAMPLE, '--input', `api=${far().url}`, '--json'])
    expect([ran.code, local.code]).toEqual([0, 0])
    expect(ran.stderr).toContain(`Pipeline 'Image enumeration' is kept at ${server.url}: it is new there.\n`)
    expect(ran.stderr).toContain(`Started 'Image enumeration' #1: ${server.url}/executions/`)
    expect(ran.stderr).toMatch(/Enumerate\.Wait {2}RUNNING {2}attempt 1\/60 {2}200 {2}pending/)
    expect(ran.stderr).toContain('Image enumeration  COMPLETED  Execution Completed.\n')
    expect(ran.stderr).not.toContain('\x1b')
    const [result, expected] = [JSON.parse(ran.stdout), JSON.parse(local.stdout)]
    expect(result).toMatchObject({ outcome: 'succeeded', comments: 'nightly', executionIndex: 1 })
    for (const key of Object.keys(expected)) expect(result).toHaveProperty(key)

    const again = await at(server, args)
    expect(again.stderr).toContain('it was there already, just so.')
    expect(again.stderr).toContain("Started 'Image enumeration' #2")
  })

  it('the exit code says how it ended: 1 failed, 3 exhausted, 4 broken', async () => {
    const server = await serve(data())
    const end = async (job: string, poll = '') => {
      const path = pipelineFile(job, { poll })
      return (await at(server, ['submit', path, '--wait'])).code
    }
    expect(await end(far().job({ polls: 1, end: 'FAILED' }))).toBe(1)
    expect(await end(far().job({ end: 'never' }), 'successThreshold: 1\n          timeoutSeconds: 1')).toBe(3)
    expect(await end(far().job({ first: [{ status: 503 }] }))).toBe(4)
  })

  it('a file with two keeps both, the one that is run by the other first, and a third text replaces', async () => {
    const server = await serve(data())
    const job = far().job({ polls: 0 })
    const more = `---
kind: PIPELINE
name: Outer
stageOrder: [Main]
stages:
  Main:
    taskOrder: [Call]
    tasks:
      Call: {type: Pipeline, input: {pipeline: Inner}}
`
    const path = pipelineFile(job, { name: 'Inner', more })
    const ran = await at(server, ['submit', path, '--wait'])
    expect(ran.code).toBe(0)
    expect(ran.stderr.match(/Pipeline '\w+' is kept at \S+: .*\./g)).toEqual([
      expect.stringContaining("'Inner'"),
      expect.stringContaining("'Outer'"),
    ])
    expect(ran.stderr).toMatch(/Main\.Call > Main\.Ask {2}COMPLETED/)
    const changed = pipelineFile(far().job({ polls: 0 }), { name: 'Inner' })
    expect((await at(server, ['submit', changed])).stderr).toContain('the one that was there is replaced')
    const byName = await at(server, ['submit', '--pipeline', 'Outer', '--wait'])
    expect(byName).toMatchObject({ code: 0, stderr: expect.stringContaining("Started 'Outer' #2") })
  })

  it('without --wait the id is on stdout; ls, show, pause, resume and cancel know it', async () => {
    const server = await serve(data())
    const path = pipelineFile(far().job({ end: 'never' }), { poll: 'timeoutSeconds: 3600' })
    const { stdout } = await at(server, ['submit', path, '--input', 'region=eu-1', '-q'])
    const id = stdout.trim()
    expect((await at(server, ['ls', '--pipeline', 'Wait'])).stdout).toMatch(
      new RegExp(`^ID .*NAME\\n${id} +execution +RUNNING .* Wait #1\\n$`),
    )
    const rows = JSON.parse((await at(server, ['ls', '--json', '--kind', 'execution'])).stdout)
    expect(rows).toMatchObject([{ id, kind: 'execution', name: 'Wait', executionIndex: 1 }])
    expect((await at(server, ['ls', '--text', 'no such thing'])).stdout).toBe('')
    const shown = await at(server, ['show', id])
    expect(shown.stdout).toMatch(/^Wait #1 {2}RUNNING\n/)
    expect(shown.stdout).toContain('region=eu-1')
    expect(shown.stdout).toMatch(/Ask +RUNNING {2}attempt/)
    expect((await at(server, ['pause', id])).stderr).toMatch(/ {2}PAUS(ED|ING)/)
    expect((await at(server, ['resume', id])).stderr).toMatch(/ {2}(RUNNING|RESUMING)/)
    expect(await at(server, ['now', id])).toMatchObject({ code: 2 })
    expect((await at(server, ['cancel', id])).stderr).toContain('CANCELED')
    expect(await at(server, ['watch', id])).toMatchObject({ code: 130, stdout: '' })
  })

  it('kill -9 of the server meanwhile: the wait goes on and ends with the right code', async () => {
    const folderOfData = data()
    const before = await serve(folderOfData)
    const path = pipelineFile(far().job({ polls: 15, end: 'FAILED' }))
    const waiting = startBide(['submit', path, '--wait'], { env: { BIDE_SERVER: before.url } })
    await waiting.says('Main.Ask  RUNNING  attempt')
    await kill(before, 'SIGKILL')
    await waiting.says('Waiting for the server: ')
    await serve(folderOfData, '--port', String(before.port))
    const { code, stderr } = await waiting.ended
    expect(code).toBe(1)
    expect(stderr).toMatch(/Connected again\.\n.*Wait {2}FAILED {2}/s)
  })
})

describe('what is wrong with a pipeline', () => {
  it('is said at its line, and nothing is kept', async () => {
    const server = await serve(data())
    const path = pipelineFile(far().job(), { poll: 'pollCont: 3' })
    writeFileSync(path, readFileSync(path, 'utf8').replace('type: POLL', 'type: POL'))
    const ran = await at(server, ['submit', path])
    expect(ran).toMatchObject({ code: 2, stdout: '' })
    expect(ran.stderr).toMatch(/pipeline\.yaml:10:\d+: error: .*\n.*type: POL\n +\^/)
    expect((await (await fetch(`${server.api}/pipelines`)).json()) as object).toEqual({ pipelines: [] })
  })

  it('a variable that the server has not is an error there, and none once it is set', async () => {
    const server = await serve(data())
    const poll = "headers: {X-Key: '${var.KEY}'}"
    const path = pipelineFile(far().job({ polls: 0 }), { poll })
    expect(await at(server, ['submit', path])).toMatchObject({
      code: 2,
      stderr: expect.stringMatching(/pipeline\.yaml:15:\d+: error: .*KEY\n.*\n +\^\n.*bide variable set/),
    })
    const env = { KEY: 'key-of-the-test' }
    const set = await at(server, ['variable', 'set', 'KEY', '--kind', 'secret', '--value', 'env:KEY'], env)
    expect(set).toMatchObject({ code: 0, stdout: '', stderr: 'KEY is set, SECRET.\n' })
    const ran = await at(server, ['submit', path, '--wait', '--json'])
    expect(ran.code).toBe(0)
    expect(far().requests.at(-1)?.headers['x-key']).toBe('key-of-the-test')
    const listed = await at(server, ['variable', 'ls'])
    expect(listed.stdout).toMatch(/^NAME +KIND +VALUE +DESCRIPTION\nKEY +SECRET +\*{6}\n$/)
    expect(ran.stdout + ran.stderr + listed.stdout + set.stderr).not.toContain('key-of-the-test')
    expect(await at(server, ['variable', 'rm', 'KEY'])).toMatchObject({
      code: 0,
      stderr: 'KEY is removed.\n',
    })
    expect(await at(server, ['variable', 'rm', 'KEY'])).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('There is no such variable'),
    })
  })

  it.each([
    [['--input', 'regoin=x'], /--input: pipeline 'Wait' has no input 'regoin'.*did you mean region\?/s],
    [
      ['--input', 'region=env:HOME'],
      /--input region: the server shows the inputs.*bide variable set region/s,
    ],
    [['--pipeline', 'Other'], /--pipeline: there is no pipeline 'Other'/],
    [['--interval', '3s'], /--interval is of a poll/],
    [['--name', 'x'], /--name is of a poll/],
  ] as const)('%j is refused before anything is kept', async (more, says) => {
    const server = await serve(data())
    const ran = await at(server, ['submit', pipelineFile(far().job()), ...more])
    expect(ran.stderr).toMatch(says)
    expect(ran).toMatchObject({ code: 2, stdout: '' })
    expect((await (await fetch(`${server.api}/pipelines`)).json()) as object).toEqual({ pipelines: [] })
  })

  it('of a pipeline that is kept at the server, inputs and names are said as well', async () => {
    const server = await serve(data())
    await at(server, ['submit', pipelineFile(far().job({ polls: 0 })), '--wait'])
    const unknown = await at(server, ['submit', '--pipeline', 'None'])
    expect(unknown).toMatchObject({ code: 2, stderr: expect.stringContaining('There is no such pipeline') })
    const input = await at(server, ['submit', '--pipeline', 'Wait', '--input', 'x=1'])
    expect(input).toMatchObject({
      code: 2,
      stderr: expect.stringMatching(/^bide: --input x: .*it has: region/),
    })
  })

  it.each([
    [['set', 'K', '--kind', 'SECRET', '--value', 'plain'], /can be read by others/],
    [['set', 'K', '--kind', 'HIDDEN', '--value', 'x'], /'HIDDEN' is none of REGULAR, SECRET, RESTRICTED/],
    [['set', 'K'], /--value is missing/],
    [['set', 'K', '--value', 'env:NOT_SET'], /env:NOT_SET is not set/],
    [['set', 'a b', '--value', 'x'], /A name has 1 to 100 letters/],
    [['sett', 'K'], /did you mean set\?/],
  ] as const)('bide variable %j says why not', async (args, says) => {
    const server = await serve(data())
    const ran = await at(server, ['variable', ...args])
    expect(ran.stderr).toMatch(says)
    expect(ran).toMatchObject({ code: 2, stdout: '' })
  })
})
