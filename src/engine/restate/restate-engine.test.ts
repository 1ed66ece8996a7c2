import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Webhook } from 'standardwebhooks'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { HttpRequest } from '../../core/attempt.ts'
import type { Transport } from '../effects.ts'
import { createSealer } from '../embedded/sealer.ts'
import type { NewPoll } from '../engine.ts'
import type { ExecutionSources } from '../execution-context.ts'
import { systemClock } from '../system-clock.ts'
import { drainOlder } from './drain.ts'
import { sealSources } from './execution-record.ts'
import { hasRestateProgram, type LocalCluster, startLocalCluster } from './local-cluster.ts'
import { EXECUTIONS, SOURCES } from './names.ts'
import { partitionKeyOf } from './partition-key.ts'
import { restateCatalog } from './restate-catalog.ts'
import { createRestateClient, type RestateClient } from './restate-client.ts'
import { restateEngine } from './restate-engine.ts'
import { restateMover } from './restate-mover.ts'
import { type RestateWorker, startRestateWorker } from './restate-worker.ts'

const clock = systemClock
const sealer = createSealer(new Uint8Array(32).fill(7))
const newId = () => crypto.randomUUID()
const onProblem = () => {}

const PIPELINE = `
kind: PIPELINE
name: Two
stageOrder: [Run]
stages:
  Run:
    taskOrder: [Start, Wait]
    tasks:
      Start: {type: REST, input: {action: post, url: 'http://far.test/start'}}
      Wait:
        type: POLL
        input:
          url: http://far.test/job
          pollCount: 9
          pollIntervalSeconds: 0.1
          exitCriteria: {success: 'status == "FINISHED"'}
`

/** What is the engine's own, beside what every engine does. */
describe.runIf(hasRestateProgram())('the engine over Restate', () => {
  const folder = mkdtempSync(join(tmpdir(), 'bide-restate-'))
  let cluster: LocalCluster
  const ends: (() => Promise<unknown>)[] = []
  beforeAll(async () => {
    cluster = await startLocalCluster({ nodes: 1, folder })
  }, 90_000)
  afterAll(async () => {
    for (const end of ends.reverse()) await end()
    await cluster?.stop()
    rmSync(folder, { recursive: true })
  }, 30_000)

  const client = () => {
    const opened = createRestateClient(cluster, clock)
    ends.push(opened.close)
    return opened
  }
  const startWorker = async (
    transport: Transport,
    revision: string,
    { port = 0, ...special }: { port?: number; inactivityMs?: number } = {},
  ): Promise<RestateWorker> => {
    const effects = { clock, random: Math.random, newId, transport }
    const address = { host: '127.0.0.1', port, advertise: null, identityKey: null, revision }
    const own = createRestateClient(cluster, clock)
    const limits = { perOrigin: 4, total: 64 }
    const rest = { client: own, sealer, effects, keepMs: 86_400_000, limits, onProblem }
    return startRestateWorker({ ...address, ...rest, ...special })
  }
  const openEngine = () => {
    const effects = { clock, random: Math.random, newId, transport: answering('FINISHED').transport }
    const engine = restateEngine({ client: createRestateClient(cluster, clock), sealer, effects, onProblem })
    ends.push(() => engine.stop(0))
    return engine
  }
  const until = async (holds: () => Promise<boolean> | boolean) => {
    for (let turn = 0; turn < 1000; turn++) {
      if (await holds()) return
      await clock.sleepUntil(clock.now() + 20, null)
    }
    throw new Error('it never came to pass')
  }
  const submit = async (
    engine: ReturnType<typeof openEngine>,
    { webhook = null, ...task }: { webhook?: NewPoll['webhook'] } = {},
  ) => {
    const job = {
      url: 'http://far.test/job',
      pollIntervalSeconds: 0.1,
      exitCriteria: { success: 'status == "FINISHED"' },
      ...task,
    }
    const result = await engine.submit({ task: job, name: null, idempotency: null, webhook })
    if (result.kind !== 'accepted') throw new Error(result.kind)
    return result.poll.id
  }

  const start = async (engine: ReturnType<typeof openEngine>) => {
    const about = { variables: {}, input: {}, requestBy: 'someone', comments: '', idempotency: null }
    const started = await engine.executions?.start({ pipeline: 'Two', sources: { Two: PIPELINE }, ...about })
    if (started?.kind !== 'accepted') throw new Error(started?.kind)
    return started.execution.executionId
  }

  it('goes over to a new version of the workers while polls wait; the old one is drained at once', async () => {
    const [old, next] = [answering('RUNNING'), answering('FINISHED')]
    const engine = openEngine()
    const first = await startWorker(old.transport, 'one')
    const ids = await Promise.all(Array.from({ length: 20 }, () => submit(engine)))
    await until(() => old.sent() > 20)
    const second = await startWorker(next.transport, 'two')
    const { drained, busy } = await drainOlder(client(), clock, 20_000)
    expect([drained.map(({ uri }) => uri), busy]).toEqual([[first.address], []])
    await first.stop(1000)
    await until(async () => {
      const polls = await Promise.all(ids.map((id) => engine.get(id)))
      return polls.every((poll) => poll?.status === 'COMPLETED')
    })
    await second.stop(1000)
  }, 60_000)

  it('makes an attempt again that a worker has not lived to report, and counts it once', async () => {
    const held = holding()
    const engine = openEngine()
    const first = await startWorker(held.transport, 'three')
    const id = await submit(engine)
    await until(() => held.sent() === 1)
    await first.stop(0)
    held.release()
    const far = answering('FINISHED')
    const heir = await startWorker(far.transport, 'three', { port: Number(new URL(first.address).port) })
    await until(async () => (await engine.get(id))?.status === 'COMPLETED')
    expect(await engine.get(id)).toMatchObject({ iterationCount: 1, outcome: 'succeeded' })
    const events = await engine.events(id, { after: 0, limit: 10, kind: null })
    expect(events?.map(({ kind }) => kind)).toEqual(['submitted', 'attempt', 'ended'])
    expect(far.sent()).toBe(1)
    await heir.stop(0)
  }, 60_000)

  it('does the same again where it starts anew at each wait, as after a crash', async () => {
    let sent = 0
    const far = answering('RUNNING')
    const transport: Transport = {
      ...far.transport,
      send: (...args) => (++sent % 3 === 0 ? answering('FINISHED').transport : far.transport).send(...args),
    }
    const worker = await startWorker(transport, 'anew', { inactivityMs: 0 })
    const engine = openEngine()
    const id = await submit(engine)
    await until(async () => (await engine.get(id))?.status === 'COMPLETED')
    expect(await engine.get(id)).toMatchObject({ iterationCount: 3, observed: { '200 pending': 2 } })
    const executionId = await start(engine)
    await until(async () => (await engine.executions?.get(executionId))?.endedAt !== null)
    expect(await engine.executions?.get(executionId)).toMatchObject({ status: 'COMPLETED' })
    expect(sent).toBe(6)
    await worker.stop(0)
  }, 60_000)

  it('shows and moves an execution whose definition does not fit any more', async () => {
    const far = holding()
    const worker = await startWorker(far.transport, 'unfit')
    const engine = openEngine()
    const id = await start(engine)
    await until(() => far.sent() === 1)
    await worker.stop(0)
    const own = client()
    const inFlight = () =>
      own.sql<{ id: string }>(
        `select id from sys_invocation where target_service_key = '${id}' and target_handler_name = 'exchange'`,
      )
    // In its journal is what it stood on before.
    for (const one of await inFlight()) await own.admin('PATCH', `/invocations/${one.id}/kill`)
    await until(async () => (await inFlight()).length === 0)
    const unfit = { Two: PIPELINE.replace('type: REST', 'type: TELEX') }
    const isPlanted = await plant(own, id, { pipeline: 'Two', sources: unfit, variables: {}, input: {} })
    await until(isPlanted)
    const heir = await startWorker(far.transport, 'unfit', { port: Number(new URL(worker.address).port) })
    const reader = openEngine()
    expect((await reader.executions?.get(id))?.shape.stages).toEqual([])
    const any = { kind: null, status: null, name: null, text: null, before: null, limit: 100 }
    expect((await reader.executions?.listRuns(any))?.runs.find((run) => run.id === id)).toMatchObject({
      status: 'RUNNING',
      pipeline: 'Two',
    })
    const moved = await restateMover({ client: own, sealer, clock }).take(id)
    expect(moved).toMatchObject({
      kind: 'execution',
      sources: { sources: unfit },
      run: { tasks: { 'Run.Start': { work: { kind: 'rest', isSent: true } } } },
    })
    expect(await reader.executions?.get(id)).toMatchObject({ status: 'PAUSED' })
    expect(far.sent()).toBe(1)
    await heir.stop(0)
  }, 60_000)

  it('tells a webhook how a poll ended, again where a worker has died meanwhile or it was not taken', async () => {
    const secret = `whsec_${Buffer.alloc(32, 'k').toString('base64')}`
    const told: HttpRequest[] = []
    const held = holding()
    const hooked = (before: Transport, code: number): Transport => ({
      ...before,
      async send(request, bounds) {
        if (!request.url.endsWith('/hook')) return answering('FINISHED').transport.send(request, bounds)
        told.push(request)
        const sent = await before.send(request, bounds)
        return { ...sent, result: { kind: 'response', response: { code, headers: {}, body: '' } } }
      },
    })
    const engine = openEngine()
    const first = await startWorker(hooked(held.transport, 204), 'hook')
    const id = await submit(engine, { webhook: { url: 'http://hook.test/hook', secret } })
    await until(() => told.length === 1)
    await first.stop(0)
    held.release()
    const port = Number(new URL(first.address).port)
    const second = await startWorker(hooked(answering('').transport, 503), 'hook', { port })
    await until(() => told.length === 2)
    const left = () =>
      client().sql(
        `select id from sys_invocation where target_service_key = '${id}' and target_handler_name = 'tell'`,
      )
    await until(async () => (await left()).length === 1)
    await second.stop(1000)
    const third = await startWorker(hooked(answering('').transport, 204), 'hook', { port })
    await until(async () => (await left()).length === 0)
    expect(told).toHaveLength(3)
    for (const { headers, payload } of told)
      expect(new Webhook(secret).verify(payload ?? '', headers as Record<string, string>)).toMatchObject({
        type: 'poll.ended',
        data: { id, status: 'COMPLETED', outcome: 'succeeded', iterationCount: 1 },
      })
    expect(new Set(told.map(({ headers }) => headers['webhook-id']))).toHaveLength(1)
    const rows = await client().sql<{ value: string }>('select value from state')
    expect(Buffer.concat(rows.map(({ value }) => Buffer.from(value, 'hex'))).includes(secret)).toBe(false)
    await third.stop(1000)
  }, 60_000)

  it('knows by which number Restate puts a poll in order', async () => {
    const worker = await startWorker(answering('FINISHED').transport, 'number')
    const engine = openEngine()
    const ids = await Promise.all(Array.from({ length: 20 }, () => submit(engine)))
    const rows = await client().sql<{ service_key: string; number: string }>(
      `select service_key, cast(partition_key as varchar) as number from state where key = 'card'`,
    )
    const numbers = new Map(rows.map(({ service_key, number }) => [service_key, number]))
    expect(ids.map((id) => numbers.get(id))).toEqual(ids.map((id) => String(partitionKeyOf(id))))
    await worker.stop(0)
  }, 60_000)

  it('keeps a catalog, the same for all who read it', async () => {
    const worker = await startWorker(answering('FINISHED').transport, 'four')
    const catalog = restateCatalog(client())
    const entry = (name: string, text: string) => ({
      name,
      value: new TextEncoder().encode(text),
      updatedAt: 5,
    })
    await catalog.put('token', entry("b's", '1'))
    await catalog.put('token', entry('a', '2'))
    await catalog.put('token', entry("b's", '3'))
    await catalog.put('variable', entry('a', '4'))
    expect(await restateCatalog(client()).list('token')).toEqual([entry('a', '2'), entry("b's", '3')])
    expect(await catalog.get('variable', 'a')).toEqual(entry('a', '4'))
    const seen = await catalog.get('token', 'a')
    expect([
      await catalog.replace('token', null, entry('a', '5')),
      await catalog.replace('token', null, entry('c', '5')),
      await catalog.replace('token', seen, entry('a', '6')),
      await catalog.replace('token', seen, entry('a', '7')),
    ]).toEqual([false, true, true, false])
    expect(await catalog.get('token', 'a')).toEqual(entry('a', '6'))
    expect(await catalog.remove('token', 'c')).toBe(true)
    expect([await catalog.remove('token', 'a'), await catalog.remove('token', 'a')]).toEqual([true, false])
    expect(await catalog.get('token', 'a')).toBeNull()
    await worker.stop(0)
  }, 60_000)

  it('says where Restate cannot be reached, and what to do', async () => {
    const nobody = { ingress: ['http://127.0.0.1:9'], admin: ['http://127.0.0.1:9'] }
    let now = 0
    const hasty = {
      now: () => now,
      async sleepUntil(at: number) {
        now = at
      },
    }
    const lost = createRestateClient(nobody, hasty)
    await expect(lost.sql('select 1')).rejects.toMatchObject({
      code: 'store',
      message: expect.stringContaining('http://127.0.0.1:9'),
      hint: expect.stringContaining('bide cluster up'),
    })
    await lost.close()
  })
})

/** Has an execution stand on something else; gives how to see whether it does. */
async function plant(client: RestateClient, id: string, sources: ExecutionSources) {
  const rows = () =>
    client.sql<{ key: string; value: string }>(
      `select key, value from state where service_name = '${EXECUTIONS}' and service_key = '${id}'`,
    )
  const state = (await rows()).map(({ key, value }) => [key, [...Buffer.from(value, 'hex')]] as const)
  const planted = sealSources(sealer, sources, id)
  await client.admin('POST', `/services/${EXECUTIONS}/state`, {
    object_key: id,
    new_state: { ...Object.fromEntries(state), [SOURCES]: [...planted] },
  })
  const hex = Buffer.from(planted).toString('hex')
  return async () => (await rows()).some(({ key, value }) => key === SOURCES && value === hex)
}

/** A far side that always answers the same. */
function answering(status: string) {
  let sent = 0
  const transport: Transport = {
    async send() {
      sent++
      const response = { code: 200, headers: {}, body: JSON.stringify({ status }) }
      return { startedAt: clock.now(), durationMs: 1, notes: [], result: { kind: 'response', response } }
    },
    async close() {},
  }
  return { transport, sent: () => sent }
}

/** A far side that answers nothing until it is let go. */
function holding() {
  let sent = 0
  let release = () => {}
  const released = new Promise<void>((resolve) => {
    release = resolve
  })
  const far = answering('FINISHED')
  const transport: Transport = {
    async send(...args) {
      sent++
      await released
      return far.transport.send(...args)
    },
    async close() {},
  }
  return { transport, sent: () => sent, release }
}
