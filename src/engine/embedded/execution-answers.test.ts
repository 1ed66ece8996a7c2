import { afterEach, describe, expect, it } from 'vitest'
import type { ExecutionEngine } from '../engine.ts'
import { ENGINE_KINDS, type EngineWorld } from '../engine-worlds.ts'

const SECRET = 'a-secret-of-the-test'

const poll = (url: string) => `{
        type: POLL,
        input: {
          url: '${url}', headers: {X-Token: '\${var.TOKEN}'}, pollCount: 9, pollIntervalSeconds: 1,
          exitCriteria: {success: 'status == "\${input.end}"'}}}`

/** Two that wait side by side, of which one does so in a run of its own. */
const SOURCES = {
  Both: `
kind: PIPELINE
name: Both
input: {end: FINISHED}
stageOrder: [Run]
stages:
  Run:
    taskOrder: ['Near,Nested']
    tasks:
      Near: ${poll('http://near.test/')}
      Nested: {type: PIPELINE, input: {pipeline: Inner, inputProperties: {end: '\${input.end}'}}}
`,
  Inner: `
kind: PIPELINE
name: Inner
input: {end: ''}
stageOrder: [In]
stages:
  In: {taskOrder: [Far], tasks: {Far: ${poll('http://far.test/')}}}
`,
}

const NEAR = 'Run.Near'
const FAR = 'Run.Nested > In.Far'

describe('the answers of an execution', () => {
  let world: EngineWorld | null = null
  afterEach(() => world?.close())

  const open = async () => {
    const kind = await (ENGINE_KINDS[1] as (typeof ENGINE_KINDS)[number]).start()
    world = await kind.open({})
    const { engine, far, until } = world
    const executions = engine.executions as ExecutionEngine
    const result = await executions.start({
      pipeline: 'Both',
      sources: SOURCES,
      variables: { TOKEN: { kind: 'SECRET', value: SECRET } },
      input: {},
      requestBy: 'someone',
      comments: '',
      idempotency: null,
    })
    if (!('execution' in result)) throw new Error(result.kind)
    const id = result.execution.executionId
    let made = 0
    return {
      ...world,
      id,
      /** The two answer in turn: the near one first. */
      async answer(status: string, more: object = {}) {
        await far.answer(status, more)
        made++
        await until(
          async () => (await engine.events(id, { after: 0, limit: 99, kind: 'attempt' }))?.length === made,
        )
      },
      attempt: (task: string | null, iteration: number, on = engine) =>
        (on.executions as ExecutionEngine).attempt(id, { task, iteration }),
    }
  }

  it('are kept with the attempts of each Poll task, secrets masked, over the end of a process', async () => {
    const { answer, attempt, another, kept } = await open()
    for (const step of [1, 2, 3]) {
      await answer('RUNNING', { near: step, echo: SECRET })
      await answer('RUNNING', { far: step })
    }
    await answer('FINISHED')
    const next = await another()
    for (const step of [1, 2, 3]) {
      expect(await attempt(NEAR, step, next)).toMatchObject({
        attempt: { iteration: step },
        isKept: true,
        response: { code: 200, body: `{"status":"RUNNING","near":${step},"echo":"******"}` },
        bindings: { 'input.end': 'FINISHED' },
      })
      expect(await attempt(FAR, step, next)).toMatchObject({
        isKept: true,
        response: { body: `{"status":"RUNNING","far":${step}}` },
      })
    }
    expect(await attempt(NEAR, 4, next)).toMatchObject({ response: { body: '{"status":"FINISHED"}' } })
    expect(await attempt(NEAR, 5, next)).toBeNull()
    expect(await attempt('Run.None', 1, next)).toBeNull()
    expect((await kept()).includes('near')).toBe(false)
  })

  it('are found again where they were alike, whatever another task is answered meanwhile', async () => {
    const { answer, attempt } = await open()
    const body = 'x'.repeat(20_000)
    for (const step of [1, 2, 3, 4, 5, 6]) {
      await answer('RUNNING', { body })
      await answer('RUNNING', { far: step })
    }
    for (const step of [2, 4, 6]) {
      expect((await attempt(NEAR, step))?.response?.body).toBe(JSON.stringify({ status: 'RUNNING', body }))
      expect((await attempt(FAR, step))?.response?.body).toBe(`{"status":"RUNNING","far":${step}}`)
    }
  })
})
