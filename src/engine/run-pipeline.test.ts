import { describe, expect, it } from 'vitest'
import { parseJson, toJson } from '../core/json.ts'
import { createRedactor } from '../core/redact.ts'
import { checkFiles } from '../pipeline/check.ts'
import { unknownExchanges } from '../pipeline/exchanges.ts'
import { runReport } from '../pipeline/report.ts'
import { advanceRun, startRun } from '../pipeline/run.ts'
import type { RunState } from '../pipeline/run-state.ts'
import type { RunContext } from '../pipeline/scope.ts'
import { manualClock } from '../testing/manual-clock.ts'
import { type ScriptedAnswer, scriptedTransport } from '../testing/scripted-transport.ts'
import { type DriverStep, runPipeline } from './run-pipeline.ts'

interface World {
  readonly answer?: (url: string, index: number, method: string) => ScriptedAnswer
  readonly variables?: Record<string, string>
  readonly secrets?: string[]
  readonly input?: Record<string, string>
  readonly pipeline?: string
  readonly onStep?: (step: DriverStep, abort: AbortController) => void
  readonly from?: RunState
}

/** Runs the first pipeline of a text in virtual time. */
async function run(text: string, world: World = {}) {
  const { pipelines, problems } = checkFiles([{ file: 'p.yaml', text }])
  expect(problems.filter(({ severity }) => severity === 'error')).toEqual([])
  const clock = manualClock()
  const counts = new Map<string, number>()
  const transport = scriptedTransport(({ url, method }) => {
    const path = new URL(url).pathname
    const index = counts.get(path) ?? 0
    counts.set(path, index + 1)
    return world.answer?.(path, index, method) ?? { body: { status: 'FINISHED' } }
  }, clock)
  const context: RunContext = {
    pipelines,
    variables: world.variables ?? {},
    redactor: createRedactor(world.secrets ?? []),
  }
  const abort = new AbortController()
  const steps: DriverStep[] = []
  const name = world.pipeline ?? ([...pipelines.keys()][0] as string)
  const begun =
    world.from ??
    startRun(context, { pipeline: name, executionId: 'x', input: world.input ?? {}, now: clock.now() })
  const ended = await runPipeline(context, begun, {
    effects: { clock, random: () => 0.5, transport },
    signal: abort.signal,
    onStep(step) {
      steps.push(step)
      // a state has to survive being kept
      expect(parseJson(toJson(step.run))).toEqual(step.run)
      world.onStep?.(step, abort)
    },
  })
  const report = runReport(context, ended)
  const statuses = Object.fromEntries(
    Object.values(report.stages).flatMap(({ tasks }) =>
      Object.entries(tasks).map(([task, { status }]) => [task, status]),
    ),
  )
  return {
    ended,
    report,
    statuses,
    steps,
    context,
    requests: transport.requests.map(({ method, url }) => `${method} ${url}`),
    sent: transport.requests,
  }
}

const poll = (url: string, more = '') =>
  `{type: POLL, ${more} input: {url: "${url}", pollIntervalSeconds: 1, exitCriteria: {success: 'status == "FINISHED"', failure: 'status == "FAILED"'}}}`

const THREE_STAGES = `
kind: PIPELINE
name: Release
input: {target: eu, skip: 'no'}
output: {id: '\${Build.Start.output.responseJson.id}', image: '\${Build.Wait.output.responseJson.image}', gone: '\${Deploy.Extra.output.responseCode}'}
stageOrder: [Build, Deploy, Verify]
stages:
  Verify:
    taskOrder: [Ok]
    tasks:
      Ok: {type: Condition, input: {condition: '\${Deploy.Web.output.responseCode} == 200 && "\${Deploy.Extra.status}" == "SKIPPED"'}}
  Build:
    taskOrder: [Start, Wait]
    tasks:
      Start: {type: REST, input: {action: post, url: 'http://h/start', payload: '{"to": "\${input.target}"}'}}
      Wait: ${poll('http://h/jobs/${Build.Start.output.responseBody.id}')}
  Deploy:
    taskOrder: ['Web,Worker,Extra', Smoke]
    tasks:
      Web: ${poll('http://h/web')}
      Worker: ${poll('http://h/worker')}
      Extra: ${poll('http://h/extra', 'preCondition: \'${input.skip} == "yes"\',')}
      Smoke: ${poll('http://h/smoke', 'ignoreFailure: true,')}
`

describe('a pipeline', () => {
  it('runs stages and steps in order, side by side where the file says so, and gives its output', async () => {
    const { report, statuses, requests, sent } = await run(THREE_STAGES, {
      answer: (path, index) =>
        path === '/start'
          ? { code: 202, body: { id: 9007199254740993n } }
          : path === '/smoke'
            ? { body: { status: 'FAILED' } }
            : { body: index === 0 ? { status: 'RUNNING' } : { status: 'FINISHED', image: 'i:1' } },
    })
    expect(report).toMatchObject({ status: 'COMPLETED', statusMessage: 'Execution Completed.' })
    expect(statuses).toEqual({
      Start: 'COMPLETED',
      Wait: 'COMPLETED',
      Web: 'COMPLETED',
      Worker: 'COMPLETED',
      Extra: 'SKIPPED',
      Smoke: 'FAILED_CONTINUE',
      Ok: 'COMPLETED',
    })
    expect(report.output).toEqual({ id: 9007199254740993n, image: 'i:1', gone: null })
    expect(requests.slice(0, 3)).toEqual([
      'POST http://h/start',
      'GET http://h/jobs/9007199254740993',
      'GET http://h/jobs/9007199254740993',
    ])
    expect(sent[0]?.payload).toBe('{"to": "eu"}')
    expect(requests.slice(3).sort()).toEqual(
      ['web', 'web', 'worker', 'worker', 'smoke'].map((name) => `GET http://h/${name}`).sort(),
    )
    expect(Object.keys(report.stages.Build?.tasks.Wait?.output ?? {})).toHaveLength(11)
    expect(Object.keys(report.stages.Build?.tasks.Start?.output ?? {})).toEqual([
      'status',
      'responseHeaders',
      'responseBody',
      'responseJson',
      'responseCode',
    ])
  })

  it('halts where a task fails: what runs beside it is let finish, and nothing new starts', async () => {
    const { report, statuses } = await run(THREE_STAGES, {
      answer: (path, index) =>
        path === '/web'
          ? { body: { status: 'FAILED' } }
          : { body: { id: 1, status: path === '/worker' && index < 3 ? 'RUNNING' : 'FINISHED' } },
    })
    expect(report.status).toBe('FAILED')
    expect(report.statusMessage).toMatch(/^Deploy\.Web: Failed after 1 attempt/)
    expect(statuses).toMatchObject({
      Web: 'FAILED',
      Worker: 'COMPLETED',
      Smoke: 'NOT_STARTED',
      Ok: 'NOT_STARTED',
    })
  })

  it('fails a REST task by its code, with its outputs', async () => {
    const { report, ended } = await run(THREE_STAGES, {
      answer: () => ({ code: 404, body: { why: 'gone' } }),
    })
    expect(report.statusMessage).toBe('Build.Start: Request failed with status code : 404')
    expect(report.stages.Build?.tasks.Start?.output).toMatchObject({
      responseCode: 404,
      responseJson: { why: 'gone' },
    })
    expect(ended.failure).toEqual({ task: 'Build.Start', outcome: 'failed' })
  })

  it('names task, field and binding where one has no value, and sends nothing for it', async () => {
    const { report, requests } = await run(THREE_STAGES, { answer: () => ({ body: { status: 'FINISHED' } }) })
    expect(report.statusMessage).toBe('Build.Wait: url: ${Build.Start.output.responseBody.id} has no value')
    expect(requests).toEqual(['POST http://h/start'])
  })
})

const rest = (input: string) => `
name: One
stageOrder: [S]
stages: {S: {taskOrder: [T], tasks: {T: {type: REST, input: ${input}}}}}
`

describe('a REST task', () => {
  it('is not sent again by itself', async () => {
    const { requests, ended } = await run(rest('{action: post, url: http://h/a}'), {
      answer: () => ({ fails: 'reset' }),
    })
    expect(requests).toHaveLength(1)
    expect(ended.failure?.outcome).toBe('broken')
  })

  it('is sent again where the file says so, with the same idempotency key', async () => {
    const input =
      '{action: post, url: http://h/a, idempotencyKey: true, retry: {count: 2, intervalSeconds: 3}}'
    const { report, sent } = await run(rest(input), {
      answer: (_, index) => (index < 2 ? { code: 503 } : { code: 201 }),
    })
    expect(report.status).toBe('COMPLETED')
    expect(sent.map(({ headers }) => headers['Idempotency-Key'])).toEqual(['x.S.T', 'x.S.T', 'x.S.T'])
  })

  it('is not sent again after what cannot heal', async () => {
    const { requests } = await run(rest('{url: http://h/a, retry: {count: 2}}'), {
      answer: () => ({ code: 400 }),
    })
    expect(requests).toHaveLength(1)
  })

  it('masks a secret in its outputs', async () => {
    const { report, sent } = await run(rest("{url: http://h/a, headers: {X-Key: '${var.KEY}'}}"), {
      variables: { KEY: 'hunter22' },
      secrets: ['hunter22'],
      answer: () => ({ body: { echo: 'hunter22' }, headers: { 'x-echo': 'hunter22' } }),
    })
    expect(sent[0]?.headers['X-Key']).toBe('hunter22')
    expect(toJson(report)).not.toContain('hunter22')
  })
})

const CALLS = `
name: Outer
stageOrder: [S]
output: {token: '\${S.A.output.outputProperties.token}', same: '\${S.A.output.token}'}
rollbacks: [{stage: S, name: Undo, inputs: {why: '\${S.C.status}'}}]
stages:
  S:
    taskOrder: ['A,B', C]
    tasks:
      A: {type: Pipeline, input: {pipeline: Login, inputProperties: {user: a}}}
      B: {type: Pipeline, input: {pipeline: Login, inputProperties: {user: b}}}
      C: {type: REST, input: {url: http://h/c}}
---
name: Login
concurrency: 1
input: {user: none}
output: {token: '\${S.Get.output.responseJson.token}'}
stageOrder: [S]
stages: {S: {taskOrder: [Get], tasks: {Get: {type: REST, input: {url: 'http://h/login/\${input.user}'}}}}}
---
name: Undo
input: {why: ''}
stageOrder: [S]
stages: {S: {taskOrder: [Do], tasks: {Do: {type: REST, input: {action: delete, url: 'http://h/undo/\${input.why}'}}}}}
`

describe('a pipeline that runs others', () => {
  it('hands inputs in and outputs back, one at a time where concurrency is 1', async () => {
    const { report, steps, requests } = await run(CALLS, {
      answer: (path) => ({ body: { token: `t${path.at(-1)}` } }),
    })
    expect(report.output).toEqual({ token: 'ta', same: 'ta' })
    expect(report.stages.S?.tasks.A?.output).toMatchObject({
      executionStatus: 'COMPLETED',
      executionIndex: 1,
      inputProperties: { user: 'a' },
    })
    expect(steps[0]?.run.tasks['S.B']?.status).toBe('QUEUED')
    expect(requests).toEqual(['GET http://h/login/a', 'GET http://h/login/b', 'GET http://h/c'])
  })

  it('rolls back when its stage has failed', async () => {
    const { report, requests, ended } = await run(CALLS, {
      answer: (path) => (path === '/c' ? { code: 500 } : { body: { token: 't' } }),
    })
    expect(report.status).toBe('ROLLBACK_COMPLETED')
    expect(report.statusMessage).toBe("S.C: Request failed with status code : 500. Rolled back by 'Undo'.")
    expect(requests.at(-1)).toBe('DELETE http://h/undo/FAILED')
    expect(ended.failure?.outcome).toBe('failed')
  })

  it('says when the rollback fails as well', async () => {
    const { report } = await run(CALLS, {
      answer: (path) => (path.startsWith('/login') ? { body: { token: 't' } } : { code: 500 }),
    })
    expect(report.status).toBe('ROLLBACK_FAILED')
  })
})

describe('a run that is steered', () => {
  it('is cancelled with what is in flight', async () => {
    const { report, statuses } = await run(THREE_STAGES, {
      answer: (path) => ({ body: { id: 1, status: path === '/start' ? '' : 'RUNNING' } }),
      onStep: ({ attempt }, abort) => {
        if (attempt?.entry.iteration === 2) abort.abort('by SIGINT')
      },
    })
    expect(report).toMatchObject({ status: 'CANCELED', statusMessage: 'Cancelled by SIGINT.' })
    expect(statuses).toMatchObject({ Wait: 'CANCELED', Web: 'NOT_STARTED' })
    expect(report.stages.Build?.tasks.Wait?.output).toMatchObject({ status: 'CANCELED', iterationCount: 2 })
  })

  it('starts nothing new while it is paused, and goes on when it is resumed', async () => {
    const { steps, context } = await run(THREE_STAGES, {
      answer: () => ({ body: { id: 1, status: 'FINISHED' } }),
    })
    const started = steps.find(({ run }) => run.tasks['Build.Start']?.work) as DriverStep
    const now = started.run.startedAt
    const pausing = advanceRun(context, started.run, { kind: 'pause', now }).run
    expect(pausing.status).toBe('PAUSING')
    const response = { code: 200, headers: {}, body: '{"id":1}' }
    const attempt = {
      startedAt: now,
      durationMs: 1,
      conditional: false,
      notes: [],
      result: { kind: 'response', response },
    } as const
    const paused = advanceRun(context, pausing, {
      kind: 'answered',
      path: ['Build.Start'],
      attempt,
      random: 0,
      now,
    }).run
    expect(paused.status).toBe('PAUSED')
    expect(paused.tasks['Build.Wait']).toBeUndefined()
    const resumed = advanceRun(context, paused, { kind: 'resume', now }).run
    expect(resumed.status).toBe('RUNNING')
    expect(resumed.tasks['Build.Wait']?.status).toBe('RUNNING')
  })
})

describe('a run that was killed', () => {
  it('goes on from any state that was kept, and sends no REST request twice', async () => {
    const answer = (path: string, index: number): ScriptedAnswer => ({
      body: { id: 1, status: path === '/start' || index > 0 ? 'FINISHED' : 'RUNNING' },
    })
    const whole = await run(THREE_STAGES, { answer })
    for (const { run: kept } of whole.steps) {
      const from = parseJson(toJson(kept)) as RunState
      if (unknownExchanges(whole.context, from).length > 0) continue
      const again = await run(THREE_STAGES, { answer, from })
      expect(again.report.status).toBe('COMPLETED')
      const isStarted = from.tasks['Build.Start']?.status === 'COMPLETED'
      expect(again.requests.filter((request) => request.startsWith('POST'))).toHaveLength(isStarted ? 0 : 1)
      const count = from.tasks['Build.Wait']?.output.iterationCount ?? 2
      expect(again.report.stages.Build?.tasks.Wait?.output.iterationCount).toBeGreaterThanOrEqual(
        count as number,
      )
    }
  })

  it('knows which REST request it does not know about', async () => {
    const { steps, context } = await run(THREE_STAGES, {
      answer: () => ({ body: { id: 1, status: 'FINISHED' } }),
    })
    const inFlight = steps.find(
      ({ run }) =>
        run.tasks['Build.Start']?.work?.kind === 'rest' && unknownExchanges(context, run).length > 0,
    )
    const [unknown] = unknownExchanges(context, (inFlight as DriverStep).run)
    expect(unknown).toMatchObject({ path: ['Build.Start'], isSafe: false })
    const lost = advanceRun(context, (inFlight as DriverStep).run, {
      kind: 'lost',
      path: ['Build.Start'],
      sendAgain: false,
      now: 0,
    }).run
    expect(lost.status).toBe('FAILED')
    expect(lost.statusMessage).toMatch(
      /^Build\.Start: Unknown: bide stopped while POST http:\/\/h\/start was in flight/,
    )
  })
})

it('tells its webhooks, and does not fail with them', async () => {
  const { report, sent, ended } = await run(
    `
name: Told
stageOrder: [S]
notifications:
  webhook:
  - {event: SUCCESS, url: http://h/hook, payload: '\${name} \${status} \${S.T.output.responseCode}'}
  - {event: FAILURE, url: http://h/never}
stages:
  S:
    taskOrder: [T]
    tasks:
      T:
        type: REST
        input: {url: http://h/a}
        notifications: {webhook: [{event: STARTED, url: http://h/started}, {event: SUCCESS, url: http://h/done}]}
`,
    { answer: (path): ScriptedAnswer => (path === '/done' ? { fails: 'refused' } : {}) },
  )
  expect(report.status).toBe('COMPLETED')
  expect(sent.map(({ url }) => new URL(url).pathname).sort()).toEqual(['/a', '/done', '/hook', '/started'])
  expect(sent.find(({ url }) => url.endsWith('/hook'))?.payload).toBe('Told COMPLETED 200')
  expect(ended.notes).toEqual(['A notification failed: refused.'])
})
