import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Engine, ExecutionEngine } from './engine.ts'
import { ENGINE_KINDS, type EngineKind, type EngineWorld } from './engine-worlds.ts'
import type { NewExecution } from './executions.ts'

const EVENTS = { after: 0, limit: 100, kind: null }
const ANY = { kind: null, status: null, name: null, text: null, before: null, limit: 9 }
const SECRET = 'a-secret-of-the-test'

const PIPELINE = `
kind: PIPELINE
name: Images
concurrency: 1
input: {api: 'http://far.test'}
output: {state: '\${Run.Wait.output.responseJson.status}'}
stageOrder: [Run]
stages:
  Run:
    taskOrder: [Start, Wait]
    tasks:
      Start:
        type: REST
        input: {action: post, url: '\${input.api}/start', headers: {Authorization: 'Bearer \${var.TOKEN}'}}
      Wait:
        type: POLL
        input:
          url: \${input.api}/jobs/\${Run.Start.output.responseJson.id}
          headers: {Authorization: 'Bearer \${var.TOKEN}'}
          pollCount: 4
          pollIntervalSeconds: 1
          exitCriteria: {success: 'status == "FINISHED"', failure: 'status == "FAILED"'}
`

/** What every engine that runs pipelines does: the same cases, in the time of each. */
describe.each(ENGINE_KINDS)('executions on an engine $name', ({ start }) => {
  let kind: EngineKind
  beforeAll(async () => {
    kind = await start()
  }, 90_000)
  afterAll(() => kind?.close(), 30_000)

  const inWorld = (work: (world: World) => Promise<void>) => async () => {
    const world = await kind.open({ isFresh: true })
    try {
      await work({ ...world, ...handsOf(world) })
    } finally {
      await world.close()
    }
  }

  it(
    'go from task to task, and are shown with what was sent, what came back and what is waited for',
    inWorld(async ({ engine, run, far, until, ended }) => {
      const id = await run()
      await far.answer('CREATED', { id: 7 })
      await far.answer('RUNNING')
      await until(async () => (await view(engine, id)).stages.Run?.tasks.Wait?.poll?.iterationCount === 1)
      expect(await view(engine, id)).toMatchObject({
        status: 'RUNNING',
        executionIndex: 1,
        requestBy: 'someone',
        shape: { stages: [{ name: 'Run', steps: [[{ name: 'Start', type: 'REST' }], [{ name: 'Wait' }]] }] },
        stages: {
          Run: {
            status: 'RUNNING',
            tasks: {
              Start: {
                status: 'COMPLETED',
                inputs: {
                  method: 'POST',
                  url: 'http://far.test/start',
                  headers: { Authorization: '******' },
                },
                output: { responseCode: 200, responseJson: { id: 7 } },
              },
              Wait: {
                status: 'RUNNING',
                inputs: { url: 'http://far.test/jobs/7' },
                verdicts: 'p',
                poll: {
                  iterationCount: 1,
                  pollCount: 4,
                  waitReason: 'interval',
                  last: { verdict: 'pending' },
                },
              },
            },
          },
        },
      })
      await far.answer('FINISHED')
      expect(await ended(id)).toMatchObject({
        status: 'COMPLETED',
        statusMessage: 'Execution Completed.',
        output: { state: 'FINISHED' },
        nextAttemptAt: null,
      })
      const events = (await engine.events(id, EVENTS)) ?? []
      expect(events.map(({ number }) => number)).toEqual(events.map((_, index) => index + 1))
      expect(events.map(({ kind }) => kind)).toEqual([
        'started',
        'task',
        'task',
        'task',
        'attempt',
        'attempt',
        'task',
        'ended',
      ])
      expect(far.sent).toEqual(['http://far.test/start', 'http://far.test/jobs/7', 'http://far.test/jobs/7'])
      expect((await engine.executions?.listRuns(ANY))?.runs).toMatchObject([
        { kind: 'execution', id, pipeline: 'Images', status: 'COMPLETED', verdicts: 'ps', iterationCount: 2 },
      ])
    }),
  )

  it(
    'do not send a request again of which nobody knows whether it arrived, after a process has ended',
    inWorld(async ({ run, far, until, another, endedOn }) => {
      const id = await run()
      await until(() => far.waiting().length === 1)
      const engine = await another()
      const after = await endedOn(engine, id)
      expect(after).toMatchObject({
        status: 'FAILED',
        stages: {
          Run: { tasks: { Start: { status: 'FAILED', message: expect.stringContaining('Unknown') } } },
        },
      })
      expect(far.sent).toHaveLength(1)
    }),
  )

  it(
    'keep the count of a Poll task over the end of a process',
    inWorld(async ({ engine, run, far, until, another, endedOn }) => {
      const id = await run()
      await far.answer('CREATED', { id: 7 })
      await far.answer('RUNNING')
      await until(async () => (await view(engine, id)).stages.Run?.tasks.Wait?.poll?.iterationCount === 1)
      const next = await another()
      await far.answer('RUNNING')
      await far.answer('RUNNING')
      await far.answer('RUNNING')
      expect(await endedOn(next, id)).toMatchObject({
        status: 'FAILED',
        stages: { Run: { tasks: { Wait: { verdicts: 'pppp', output: { iterationCount: 4 } } } } },
      })
    }),
  )

  it(
    'wait for a place where as many run as may, also over the end of a process',
    inWorld(async ({ engine, run, far, another, until, endedOn }) => {
      const first = await run()
      const second = await run()
      const third = await run()
      expect((await view(engine, second)).status).toBe('QUEUED')
      expect(await engine.executions?.command(third, 'cancel', 'by a test')).toMatchObject({ kind: 'done' })
      await far.answer('CREATED', { id: 1 })
      await until(() => far.sent.length === 2)
      const next = await another()
      await far.answer('FINISHED')
      await endedOn(next, first)
      await far.answer('CREATED', { id: 2 })
      await far.answer('FINISHED')
      expect(await endedOn(next, second)).toMatchObject({ status: 'COMPLETED', executionIndex: 2 })
      expect((await view(next, third)).status).toBe('CANCELED')
    }),
  )

  it(
    'are paused, resumed and cancelled, and say why they cannot be',
    inWorld(async ({ engine, run, far, until }) => {
      const id = await run()
      const command = (name: 'cancel' | 'pause' | 'resume') =>
        engine.executions?.command(id, name, 'by a test') ?? null
      await until(() => far.waiting().length === 1)
      expect(await command('pause')).toMatchObject({ execution: { status: 'PAUSING' } })
      await far.answer('CREATED', { id: 7 })
      await until(async () => (await view(engine, id)).status === 'PAUSED')
      expect(far.sent).toHaveLength(1)
      expect(await command('resume')).toMatchObject({ execution: { status: 'RUNNING' } })
      await until(() => far.waiting().length === 1)
      expect(await command('cancel')).toMatchObject({
        kind: 'done',
        execution: { status: 'CANCELED', statusMessage: 'Cancelled by a test.' },
      })
      await until(() => far.waiting().length === 0)
      expect(await command('cancel')).toMatchObject({ kind: 'done' })
      expect(await command('pause')).toEqual({ kind: 'refused', reason: 'it has ended: CANCELED' })
      expect(await engine.executions?.command('none', 'cancel', '')).toEqual({ kind: 'unknown' })
    }),
  )

  it(
    'show what came back last in a Poll task, while it waits and once it has ended, secrets masked',
    inWorld(async ({ engine, run, far, until, ended }) => {
      const id = await run()
      const answer = async (iteration: number, task: string | null = 'Run.Wait') =>
        (await engineOf(engine).attempt(id, { task, iteration })) ?? 'none'
      await far.answer('CREATED', { id: 7 })
      await far.answer('RUNNING', { echo: SECRET })
      await until(async () => (await view(engine, id)).stages.Run?.tasks.Wait?.poll?.iterationCount === 1)
      const first = { code: 200, body: '{"status":"RUNNING","echo":"******"}' }
      expect(await answer(1)).toMatchObject({ attempt: { iteration: 1 }, response: first, isKept: true })
      expect(await answer(1, null)).toMatchObject({ response: first })
      expect([await answer(2), await answer(1, 'Run.Start')]).toEqual(['none', 'none'])
      await far.answer('FINISHED')
      await ended(id)
      expect(await answer(2)).toMatchObject({ response: { body: '{"status":"FINISHED"}' }, isKept: true })
      expect(await engineOf(engine).attempt('none', { task: null, iteration: 1 })).toBeNull()
    }),
  )

  it(
    'are started once for a key, and never keep a secret in clear',
    inWorld(async ({ engine, run, far, kept, ended }) => {
      const idempotency = { key: 'k', text: 'one' }
      const id = await run({ idempotency })
      expect(await run({ idempotency })).toBe(id)
      const other = { ...newExecution(), idempotency: { key: 'k', text: 'two' } }
      expect(await engine.executions?.start(other)).toEqual({ kind: 'key-reused' })
      expect((await view(engine, await run())).executionIndex).toBe(2)
      await far.answer('CREATED', { id: 7, echo: SECRET })
      await far.answer('FINISHED')
      const shown = JSON.stringify([await ended(id), await engine.events(id, EVENTS)])
      expect(shown).toContain('COMPLETED')
      expect(shown).not.toContain(SECRET)
      expect((await kept()).includes(SECRET)).toBe(false)
    }),
  )

  it(
    'are refused where a definition does not fit, and then count for nothing',
    inWorld(async ({ engine, run }) => {
      const sources = { Images: PIPELINE.replace('Run.Start', 'Run.Strat') }
      await expect(engine.executions?.start({ ...newExecution(), sources })).rejects.toThrow('did you mean')
      const id = await run()
      expect(await view(engine, id)).toMatchObject({ executionIndex: 1, status: 'RUNNING' })
    }),
  )
})

function newExecution(changed: Partial<NewExecution> = {}): NewExecution {
  return {
    pipeline: 'Images',
    sources: { Images: PIPELINE },
    variables: { TOKEN: { kind: 'SECRET', value: SECRET } },
    input: {},
    requestBy: 'someone',
    comments: '',
    idempotency: null,
    ...changed,
  }
}

type World = EngineWorld & ReturnType<typeof handsOf>

function handsOf({ engine, until }: EngineWorld) {
  const endedOn = async (on: Engine, id: string) => {
    await until(async () => (await view(on, id)).endedAt !== null)
    return view(on, id)
  }
  return {
    async run(changed: Partial<NewExecution> = {}) {
      const result = await engineOf(engine).start(newExecution(changed))
      if (!('execution' in result)) throw new Error(result.kind)
      return result.execution.executionId
    },
    endedOn,
    ended: (id: string) => endedOn(engine, id),
  }
}

function engineOf({ executions }: Engine): ExecutionEngine {
  if (executions === null) throw new Error('this engine runs no pipelines')
  return executions
}

async function view(engine: Engine, id: string) {
  const found = await engineOf(engine).get(id)
  if (found === null) throw new Error(`there is no execution ${id}`)
  return found
}
