import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { farJobs } from './far-jobs.ts'
import { runBide, startBide } from './run-bide.ts'
import { temporaryFolder } from './temporary-folder.ts'

const far = farJobs()
const folder = temporaryFolder()

async function file(text: string, name = 'pipeline.yaml'): Promise<string> {
  const path = join(folder(), name)
  await writeFile(path, text)
  return path
}

const poll = (path: string, more = '') =>
  `{type: POLL, ${more} input: {url: "\${input.api}${path}", pollIntervalSeconds: 0.02, ignoreFailure: true, exitCriteria: {success: 'status == "FINISHED"', failure: 'status == "FAILED"'}}}`

const RELEASE = `
kind: PIPELINE
name: Release
input: {skip: 'no', ready: /ready}
output: {id: '\${Build.Start.output.responseJson.id}', web: '\${Deploy.Web.output.iterationCount}'}
_inputMeta: {api: {mandatory: true}}
rollbacks: [{stage: Verify, name: Undo, inputs: {api: '\${input.api}'}}]
stageOrder: [Build, Deploy, Verify]
stages:
  Build:
    taskOrder: [Start, Wait]
    tasks:
      Start: {type: REST, input: {action: post, url: '\${input.api}/iaas/api/images', payload: '{"polls": 1}'}}
      Wait: ${poll('${Build.Start.output.responseJson.selfLink}')}
  Deploy:
    taskOrder: ['Web,Worker,Extra']
    tasks:
      Web: ${poll('${input.ready}')}
      Worker: ${poll('/broken', 'ignoreFailure: true,')}
      Extra: ${poll('/extra', 'preCondition: \'${input.skip} == "yes"\',')}
  Verify:
    taskOrder: [Smoke]
    tasks:
      Smoke: {type: REST, input: {url: '\${input.api}/smoke'}}
---
kind: PIPELINE
name: Undo
input: {api: ''}
stageOrder: [S]
stages: {S: {taskOrder: [Remove], tasks: {Remove: {type: REST, input: {action: delete, url: '\${input.api}/release'}}}}}
`

function routes(smoke: number) {
  far().route('/ready', { status: 503 }, { json: { status: 'FINISHED' } })
  far().route('/broken', { json: { status: 'FAILED' } })
  far().route('/smoke', { status: smoke, json: {} })
  far().route('/release', { status: 204 })
}

describe('bide run', () => {
  it('gives statuses, outputs and exit code of a run that ends well', async () => {
    routes(200)
    const ran = await runBide(['run', await file(RELEASE), '--input', `api=${far().url}`, '--json'])
    expect(ran.code).toBe(0)
    const run = JSON.parse(ran.stdout)
    expect(Object.keys(run)).toEqual(
      'name executionId status statusMessage startedAt endedAt input output stages'.split(' '),
    )
    expect(run).toMatchObject({ name: 'Release', status: 'COMPLETED', statusMessage: 'Execution Completed.' })
    expect(run.output).toEqual({ id: expect.any(String), web: 2 })
    expect(run.stages.Deploy).toMatchObject({
      status: 'FAILED_CONTINUE',
      tasks: {
        Web: { type: 'POLL', status: 'COMPLETED', output: { iterationCount: 2, responseCode: 200 } },
        Worker: { status: 'FAILED_CONTINUE', output: { status: 'FAILED' } },
        Extra: { status: 'SKIPPED', output: {} },
      },
    })
    expect(Object.keys(run.stages.Deploy.tasks.Web.output)).toHaveLength(11)
    expect(ran.stderr).toContain('Build.Wait  COMPLETED  Succeeded after 2 attempts')
    expect(ran.stderr + ran.stdout).not.toMatch(/\x1b/)
  })

  it('rolls back and says where it failed and why', async () => {
    routes(500)
    const ran = await runBide([
      'run',
      await file(RELEASE),
      '--input',
      `api=${far().url}`,
      '--jsonl',
      '--quiet',
    ])
    const lines = ran.stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line))
    expect(ran).toMatchObject({ code: 1, stderr: '' })
    expect(lines.at(-1)).toMatchObject({
      status: 'ROLLBACK_COMPLETED',
      statusMessage: "Verify.Smoke: Request failed with status code : 500. Rolled back by 'Undo'.",
      stages: { Verify: { status: 'FAILED' } },
    })
    expect(lines).toContainEqual({
      task: 'Build.Start',
      status: 'COMPLETED',
      message: 'The server answered 202.',
    })
    expect(lines).toContainEqual(
      expect.objectContaining({ task: 'Build.Wait', iteration: 1, verdict: 'pending' }),
    )
    expect(far().requests.at(-1)).toMatchObject({ method: 'DELETE', url: '/release' })
  })

  it.each([
    ['exhausted', { json: { status: 'RUNNING' } }, 3],
    ['failed', { json: { status: 'FAILED' } }, 1],
  ] as const)('has the exit code of the task that ended it: %s', async (_, answer, code) => {
    routes(200)
    const path = `/ready-${code}`
    far().route(path, answer)
    const ran = await runBide([
      'run',
      await file(RELEASE),
      '--input',
      `api=${far().url}`,
      '--input',
      `ready=${path}`,
    ])
    expect(ran.code).toBe(code)
    expect(ran.stderr).toMatch(/Release {2}FAILED {2}Deploy\.Web: /)
  })

  it.each([
    ['SIGINT', 130],
    ['SIGTERM', 143],
  ] as const)('%s cancels what is in flight and is reported', async (signal, code) => {
    routes(200)
    far().route('/hang', 'hang')
    const args = [
      'run',
      await file(RELEASE),
      '--input',
      `api=${far().url}`,
      '--input',
      'ready=/hang',
      '--json',
    ]
    const run = startBide(args)
    await run.says('Deploy.Web  RUNNING')
    run.process.kill(signal)
    const ran = await run.ended
    expect(ran.code).toBe(code)
    expect(JSON.parse(ran.stdout)).toMatchObject({
      status: 'CANCELED',
      stages: { Deploy: { status: 'CANCELED', tasks: { Web: { status: 'CANCELED' } } } },
    })
  })
})

describe('bide run --resume', () => {
  it('goes on after kill -9: nothing is lost and nothing done twice', async () => {
    routes(200)
    const state = join(folder(), 'state.json')
    far().route('/slow', ...Array.from({ length: 4 }, () => ({ json: { status: 'RUNNING' } })), {
      json: { status: 'FINISHED' },
    })
    const text = RELEASE.replaceAll('pollIntervalSeconds: 0.02', 'pollIntervalSeconds: 0.3')
    const path = await file(text)
    const flags = ['--input', `api=${far().url}`, '--input', 'ready=/slow', '--resume', state]
    const before = far().requests.filter(({ method }) => method === 'POST').length
    const killed = startBide(['run', path, ...flags])
    await killed.says('Deploy.Web  RUNNING  attempt 1/5  200')
    killed.process.kill('SIGKILL')
    await killed.ended
    const ran = await runBide(['run', '--resume', state, '--json'])
    expect(ran.code).toBe(0)
    expect(JSON.parse(ran.stdout).stages.Deploy.tasks.Web.output.iterationCount).toBe(5)
    expect(far().requests.filter(({ method }) => method === 'POST')).toHaveLength(before + 1)
    const asked = far().requests.filter(({ url }) => url === '/slow').length
    expect([5, 6]).toContain(asked)

    const again = await runBide(['run', path, ...flags])
    expect(again.code).toBe(0)
    expect(again.stderr).toContain('It had ended before')
  })

  it('does not send a REST request again of which nobody knows, unless it is asked to', async () => {
    const state = join(folder(), 'state.json')
    const text = `{kind: PIPELINE, name: P, stageOrder: [S], stages: {S: {taskOrder: [T], tasks: {T: {type: REST, input: {action: post, url: "${far().url}/start"}}}}}}`
    const path = await file(text)
    const sent = () => far().requests.filter(({ url }) => url === '/start').length
    far().route('/start', 'hang', { status: 201 })
    const killed = startBide(['run', path, '--resume', state])
    await expect.poll(sent, { timeout: 10_000 }).toBe(1)
    killed.process.kill('SIGKILL')
    await killed.ended
    const kept = await readFile(state, 'utf8')

    const refused = await runBide(['run', path, '--resume', state, '--json'])
    expect(refused.code).toBe(4)
    expect(JSON.parse(refused.stdout).statusMessage).toMatch(/^S\.T: Unknown: bide stopped while POST/)
    expect(refused.stderr).toContain('--retry-unknown')
    expect([sent(), await readFile(state, 'utf8')]).toEqual([1, kept])

    const again = await runBide(['run', path, '--resume', state, '--retry-unknown'])
    expect([again.code, sent()]).toEqual([0, 2])
  })

  it('refuses the state of another pipeline, and what is no state', async () => {
    routes(200)
    const state = join(folder(), 'state.json')
    const flags = ['--input', `api=${far().url}`, '--resume', state]
    const path = await file(RELEASE)
    await runBide(['run', path, ...flags])
    const changed = await runBide(['run', await file(`${RELEASE}\n# changed`), ...flags])
    expect(changed).toMatchObject({ code: 2, stderr: expect.stringContaining('its file has changed since') })
    await writeFile(state, '{}')
    expect(await runBide(['run', path, ...flags])).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('holds no state of a run'),
    })
  })
})

const LOGIN = `
kind: PIPELINE
name: Login
input: {user: me}
stageOrder: [S]
stages:
  S:
    taskOrder: [Call, Echo]
    tasks:
      Call: {type: Pipeline, input: {pipeline: Inner, inputProperties: {token: 'Token \${var.TOKEN}', user: '\${input.user}'}}}
      Echo: {type: POLL, input: {url: "URL/echo", headers: {X-Key: '\${var.TOKEN}'}, pollIntervalSeconds: 0.4, exitCriteria: {success: '\${var.TOKEN} == got', failure: 'got == "no"'}}}
---
kind: PIPELINE
name: Inner
input: {token: '', user: ''}
stageOrder: [S]
stages: {S: {taskOrder: [Slow], tasks: {Slow: {type: POLL, input: {url: 'URL/slow-login', headers: {X-Token: '\${input.token}'}, pollIntervalSeconds: 0.4, exitCriteria: {success: 'ok == true', failure: 'ok == "no"'}}}}}}
`

describe('secrets of a run', () => {
  it('come out nowhere, not even from the state, and are put back when it goes on', async () => {
    const secret = 'hunter22-"quoted"'
    const state = join(folder(), 'state.json')
    far().route('/slow-login', { json: { ok: false, echo: `Token ${secret}` } }, { json: { ok: true } })
    far().route('/echo', { json: { got: secret, also: [Buffer.from(secret).toString('base64')] } })
    const path = await file(LOGIN.replaceAll('URL', far().url))
    const flags = ['run', path, '--var', 'TOKEN=env:TOKEN', '--input', 'user=env:WHO', '--resume', state]
    const env = { TOKEN: secret, WHO: 'somebody-secret' }
    const killed = startBide(flags, { env })
    await killed.says('attempt 1/5  200')
    killed.process.kill('SIGKILL')
    const first = await killed.ended
    const kept = await readFile(state, 'utf8')

    const without = await runBide(['run', path, '--var', 'TOKEN=env:TOKEN', '--resume', state], { env })
    expect(without).toMatchObject({ code: 2, stderr: expect.stringContaining('give it again') })
    const ran = await runBide([...flags, '--jsonl'], { env })
    expect(ran.code).toBe(0)
    expect(
      far()
        .requests.filter(({ url }) => url === '/slow-login')
        .map(({ headers }) => headers['x-token']),
    ).toEqual([`Token ${secret}`, `Token ${secret}`])
    const everything = [
      first.stdout,
      first.stderr,
      kept,
      ran.stdout,
      ran.stderr,
      await readFile(state, 'utf8'),
    ].join('\n')
    expect(everything).toContain('******')
    for (const form of [
      secret,
      JSON.stringify(secret).slice(1, -1),
      Buffer.from(secret).toString('base64'),
      'somebody-secret',
    ]) {
      expect(everything).not.toContain(form)
    }
  })

  it('are taken from documents of kind VARIABLE', async () => {
    const vars = await file('kind: VARIABLE\nname: TOKEN\ntype: SECRET\nvalue: sesame-open\n', 'vars.yaml')
    far().route('/slow-login', { json: { ok: true } })
    far().route('/echo', { json: { got: 'sesame-open' } })
    const ran = await runBide([
      'run',
      await file(LOGIN.replaceAll('URL', far().url)),
      '--var-file',
      vars,
      '--json',
    ])
    expect(ran.code).toBe(0)
    expect(ran.stdout + ran.stderr).not.toContain('sesame-open')
  })
})

describe('bad input sends nothing', () => {
  it.each([
    ['no file', [], /no pipeline file was given/],
    ['a file that is not there', ['nowhere.yaml'], /cannot read nowhere\.yaml \(ENOENT\)/],
    ['an input that is not known', ['FILE', '--input', 'apii=x'], /no input 'apii'\n {2}did you mean api\?/],
    ['a mandatory input without a value', ['FILE'], /input 'api' is mandatory/],
    ['a pair without =', ['FILE', '--input', 'api'], /--input: 'api' is not NAME=VALUE/],
    [
      'a variable of the environment that is not set',
      ['FILE', '--var', 'X=env:NOT_SET_AT_ALL'],
      /env:NOT_SET_AT_ALL is not set/,
    ],
    ['a pipeline that is not there', ['FILE', '--pipeline', 'Relaese'], /did you mean Release\?/],
  ])('%s', async (_, args, message) => {
    const before = far().requests.length
    const path = await file(RELEASE)
    const ran = await runBide(['run', ...args.map((arg) => (arg === 'FILE' ? path : arg))])
    expect(ran.code).toBe(2)
    expect(ran.stderr).toMatch(message)
    expect(far().requests).toHaveLength(before)
  })

  it('a file with errors: all of them, each with its place', async () => {
    const path = await file(
      `kind: PIPELINE
name: P
stageOrder: [Build]
stages:
  Build:
    taskOrder: [Start, Wait]
    tasks:
      Start: {type: SSH, input: {}}
      Wait:
        type: POLL
        input:
          url: http://127.0.0.1/\${Build.Strt.output.responseJson.id}
          exitCriteria: {success: 'status = "X"'}
`,
    )
    const ran = await runBide(['run', path])
    expect(ran.code).toBe(2)
    expect(ran.stderr).toMatch(/pipeline\.yaml:8:21: error: a task of type SSH is not run here/)
    expect(ran.stderr).toMatch(
      /pipeline\.yaml:12:33: error: \$\{Build\.Strt[^\n]*stage Build has no task Strt\n[^\n]*\n +\^\n {2}did you mean Start\?/,
    )
    expect(ran.stderr).toMatch(/pipeline\.yaml:13:43: error/)
  })

  it('a variable that no flag gives', async () => {
    const path = await file(LOGIN.replaceAll('URL', far().url))
    expect(await runBide(['run', path])).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('there is no variable TOKEN'),
    })
  })
})

describe('bide check FILE', () => {
  const BAD =
    'kind: PIPELINE\nname: P\nstageOrdr: [S]\nstageOrder: [S]\nstages: {S: {taskOrder: [T], tasks: {T: {type: Bash}}}}\n'

  it('says what can be run', async () => {
    const ran = await runBide(['check', await file(RELEASE)])
    expect(ran).toEqual({ code: 0, stdout: '0 errors, 0 warnings; can be run: Release, Undo\n', stderr: '' })
  })

  it('shows problems to people, machines and workflows', async () => {
    const path = await file(BAD)
    const people = await runBide(['check', path])
    expect(people.code).toBe(2)
    expect(people.stdout).toMatch(
      /3:1: warning: stageOrdr is no key that is known here.*\n {2}stageOrdr: \[S\]\n {2}\^\n {2}did you mean stageOrder\?/,
    )
    const machines = await runBide(['check', path, '--json'])
    expect(JSON.parse(machines.stdout)).toMatchObject([
      { severity: 'warning', rule: 'unknown-key', line: 3, column: 1 },
      { severity: 'error', rule: 'unsupported-type', line: 5 },
    ])
    const workflow = await runBide(['check', path, '--format', 'github'])
    expect(workflow.stdout.split('\n')[1]).toMatch(
      /^::error file=.*pipeline\.yaml,line=5,col=\d+::a task of type Bash is not run here/,
    )
  })
})
