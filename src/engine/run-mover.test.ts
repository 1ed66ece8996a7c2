import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { sqliteStore } from '../store/sqlite/sqlite-store.ts'
import type { Transport } from './effects.ts'
import { embeddedEngine } from './embedded/embedded-engine.ts'
import { createSealer } from './embedded/sealer.ts'
import { storeMover } from './embedded/store-mover.ts'
import type { Engine } from './engine.ts'
import type { MovedRun, RunMover } from './moved-run.ts'
import { hasRestateProgram, type LocalCluster, startLocalCluster } from './restate/local-cluster.ts'
import { createRestateClient } from './restate/restate-client.ts'
import { restateEngine } from './restate/restate-engine.ts'
import { restateMover } from './restate/restate-mover.ts'
import { startRestateWorker } from './restate/restate-worker.ts'
import { systemClock } from './system-clock.ts'

const clock = systemClock
const onProblem = () => {}

/** Somewhere runs live; `run` has its engine work on what is kept there, `move` is when it may not. */
interface Home {
  run<T>(transport: Transport, work: (engine: Engine) => Promise<T>): Promise<T>
  move<T>(work: (mover: RunMover) => Promise<T>): Promise<T>
}

function embeddedHome(folder: string, name: string): Home {
  const file = join(folder, `${name}.db`)
  const sealer = createSealer(new Uint8Array(32).fill(name.length))
  return {
    async run(transport, work) {
      const effects = { clock, random: Math.random, newId: () => crypto.randomUUID(), transport }
      const engine = await embeddedEngine({
        store: await sqliteStore(file),
        sealer,
        effects,
        onProblem,
        keepMs: 86_400_000,
      })
      return work(engine).finally(() => engine.stop(0))
    },
    async move(work) {
      const store = await sqliteStore(file)
      return work(storeMover({ store, sealer, clock })).finally(() => store.close())
    },
  }
}

/** Over Restate, runs are moved while workers are there. */
function restateHome(cluster: () => LocalCluster): Home {
  const sealer = createSealer(new Uint8Array(32).fill(99))
  const client = () => createRestateClient(cluster(), clock)
  let port = 0
  const working = async <T>(transport: Transport, work: () => Promise<T>): Promise<T> => {
    const effects = { clock, random: Math.random, newId: () => crypto.randomUUID(), transport }
    const address = { host: '127.0.0.1', port, advertise: null, identityKey: null }
    const rest = { effects, sealer, keepMs: 86_400_000, onProblem }
    const worker = await startRestateWorker({ ...address, ...rest, client: client() })
    // What is in flight stays with its worker's address.
    port = Number(new URL(worker.address).port)
    return work().finally(() => worker.stop(0))
  }
  return {
    run: (transport, work) =>
      working(transport, () => {
        const effects = { clock, random: Math.random, newId: () => crypto.randomUUID(), transport }
        const engine = restateEngine({ client: client(), sealer, effects, onProblem })
        return work(engine).finally(() => engine.stop(0))
      }),
    move: (work) =>
      working(NEVER, async () => {
        const own = client()
        return work(restateMover({ client: own, sealer, clock })).finally(own.close)
      }),
  }
}

const WEBHOOK = { url: 'http://far.test/hook', secret: null }

const PIPELINE = `
kind: PIPELINE
name: Two
stageOrder: [Run]
stages:
  Run:
    taskOrder: [Start, Wait]
    tasks:
      Start: {type: REST, input: {action: post, url: 'http://far.test/start', payload: '\${var.TOKEN}'}}
      Wait:
        type: POLL
        input:
          url: http://far.test/job
          pollCount: 10
          pollIntervalSeconds: 0.2
          exitCriteria: {success: 'status == "FINISHED"'}
`

describe.runIf(hasRestateProgram())('a move between engines', () => {
  const folder = mkdtempSync(join(tmpdir(), 'bide-move-'))
  let cluster: LocalCluster
  beforeAll(async () => {
    cluster = await startLocalCluster({ nodes: 1, folder })
  }, 90_000)
  afterAll(async () => {
    await cluster?.stop()
    rmSync(folder, { recursive: true })
  }, 30_000)

  const home = restateHome(() => cluster)
  const restate = () => home
  const pairs: readonly (readonly [string, () => Home, () => Home])[] = [
    ['from one data folder to another', () => embeddedHome(folder, 'a'), () => embeddedHome(folder, 'bc')],
    ['from a data folder to Restate', () => embeddedHome(folder, 'def'), restate],
    ['from Restate to a data folder', restate, () => embeddedHome(folder, 'ghij')],
  ]
  it.each(pairs)(
    '%s: counts, deadlines and ledgers go on, and nothing goes on where it was',
    async (_, from, to) => {
      const [source, target] = [from(), to()]
      const before = answering('RUNNING')
      const begun = await source.run(before.transport, begin)
      const moved = await source.move(takeAll)
      // Broken off and begun again: what is held already comes along once more, as it was.
      expect((await source.move(takeAll)).map(essence)).toEqual(moved.map(essence))
      const byId = new Map(moved.map((run) => [run.id, run]))
      expect([...byId.keys()].sort()).toEqual([begun.poll.id, begun.paused.id, begun.execution].sort())

      expect(byId.get(begun.poll.id)).toMatchObject({ kind: 'poll', webhook: WEBHOOK })
      const execution = byId.get(begun.execution)
      if (execution?.kind !== 'execution') throw new Error('it was not taken')
      const unfit = { ...execution.sources, sources: { Two: PIPELINE.replace('type: REST', 'type: TELEX') } }
      await expect(
        target.move((mover) => mover.put({ ...execution, id: 'unfit', sources: unfit })),
      ).rejects.toMatchObject({ code: 'invalid-file', message: expect.stringContaining('TELEX') })

      const after = answering('FINISHED')
      expect(await target.move((mover) => Promise.all(moved.map(mover.put)))).toEqual([true, true, true])
      expect(await target.move((mover) => Promise.all(moved.map(mover.put)))).toEqual([false, false, false])
      await target.run(after.transport, async (engine) => {
        await until(async () => (await engine.get(begun.poll.id))?.status === 'COMPLETED')
        const made = countOf(byId.get(begun.poll.id))
        expect(made).toBeGreaterThanOrEqual(3)
        expect(await engine.get(begun.poll.id)).toMatchObject({
          iterationCount: made + 1,
          startedAt: begun.poll.startedAt,
        })
        const events = (await engine.events(begun.poll.id, { after: 0, limit: 100, kind: null })) ?? []
        expect(events.map(({ kind }) => kind)).toEqual([
          'submitted',
          ...events.flatMap(({ kind }) => (kind === 'attempt' ? ['attempt'] : [])).slice(1),
          'moved-away',
          'moved-here',
          'attempt',
          'ended',
        ])
        expect(events.reduce((sum, { folded }) => sum + folded + 1, 0)).toBe(events.at(-1)?.number)
        expect(await engine.get(begun.paused.id)).toMatchObject({
          status: 'PAUSED',
          deadlineAt: begun.paused.deadlineAt,
        })
        expect(deadlineOf(byId.get(begun.poll.id))).toBe(begun.poll.deadlineAt)
        await engine.command(begun.paused.id, 'resume', 'by a person')
        await engine.command(begun.paused.id, 'now', 'by a person')
        await until(async () => (await engine.get(begun.paused.id))?.status === 'COMPLETED')
        await until(async () => (await engine.executions?.get(begun.execution))?.endedAt !== null)
        const execution = await engine.executions?.get(begun.execution)
        expect(execution).toMatchObject({ status: 'COMPLETED', executionIndex: begun.executionIndex })
        expect(execution?.stages.Run?.tasks.Wait?.output).toMatchObject({
          iterationCount: 1 + pollsOf(byId.get(begun.execution)),
        })
      })
      expect([before.started(), after.started()]).toEqual([1, 0])

      const nothing = answering('FINISHED')
      await source.run(nothing.transport, async (engine) => {
        await clock.sleepUntil(clock.now() + 800, null)
        expect((await engine.get(begun.poll.id))?.status).toBe('PAUSED')
        const held = { status: 'PAUSED', nextAttemptAt: null }
        const task = { poll: { nextAttemptAt: null } }
        expect(await engine.executions?.get(begun.execution)).toMatchObject({
          ...held,
          stages: { Run: { tasks: { Wait: task } } },
        })
        expect(await engine.executions?.getRow(begun.execution)).toMatchObject(held)
      })
      expect(nothing.sent()).toBe(0)
    },
    90_000,
  )
})

async function begin(engine: Engine) {
  const submit = async (more: object) => {
    const task = { url: 'http://far.test/job', pollCount: 10, pollIntervalSeconds: 0.2, timeoutSeconds: 600 }
    const exitCriteria = { success: 'status == "FINISHED"' }
    const result = await engine.submit({
      task: { ...task, exitCriteria, ...more },
      name: 'moved',
      idempotency: null,
      webhook: WEBHOOK,
    })
    if (result.kind !== 'accepted') throw new Error(result.kind)
    return result.poll.id
  }
  const started = await engine.executions?.start({
    pipeline: 'Two',
    sources: { Two: PIPELINE },
    variables: { TOKEN: { kind: 'SECRET', value: 'very secret' } },
    input: {},
    requestBy: 'someone',
    comments: '',
    idempotency: null,
  })
  const execution = started && 'execution' in started ? started.execution.executionId : ''
  const [poll, paused] = [await submit({}), await submit({ initialDelaySeconds: 300 })]
  await engine.command(paused, 'pause', 'by a person')
  await until(async () => {
    const task = (await engine.executions?.get(execution))?.stages.Run?.tasks.Wait
    return ((await engine.get(poll))?.iterationCount ?? 0) >= 3 && (task?.poll?.iterationCount ?? 0) >= 3
  })
  const [first, second] = await Promise.all([engine.get(poll), engine.get(paused)])
  if (first === null || second === null) throw new Error('there is none')
  const { executionIndex } = (await engine.executions?.get(execution)) ?? { executionIndex: -1 }
  return { poll: first, paused: second, execution, executionIndex }
}

async function takeAll(mover: RunMover): Promise<MovedRun[]> {
  const runs: MovedRun[] = []
  for (const id of await mover.open()) {
    const run = await mover.take(id)
    if (run !== null) runs.push(run)
  }
  return runs
}

/** What is the same however often a run is taken. */
function essence(run: MovedRun) {
  return run.kind === 'poll'
    ? { id: run.id, task: run.task, state: run.state, isPaused: run.isPaused, webhook: run.webhook }
    : { id: run.id, sources: run.sources, run: run.run }
}

function countOf(run: MovedRun | undefined): number {
  return run?.kind === 'poll' ? run.state.iterationCount : -1
}

function deadlineOf(run: MovedRun | undefined): string | null {
  const at = run?.kind === 'poll' && run.state.kind === 'waiting' ? run.state.deadlineAt : null
  return at === null ? null : new Date(at).toISOString()
}

function pollsOf(run: MovedRun | undefined): number {
  const work = run?.kind === 'execution' ? run.run.tasks['Run.Wait']?.work : null
  return work?.kind === 'poll' ? work.state.iterationCount : -1
}

async function until(holds: () => Promise<boolean>): Promise<void> {
  for (let turn = 0; turn < 1000; turn++) {
    if (await holds()) return
    await clock.sleepUntil(clock.now() + 20, null)
  }
  throw new Error('it never came to pass')
}

/** A far side that answers nothing. */
const NEVER: Transport = { send: () => new Promise(() => {}), async close() {} }

/** A far side that always answers the same, and counts what is started there. */
function answering(status: string) {
  const sent: string[] = []
  const transport: Transport = {
    async send({ url }) {
      sent.push(url)
      const response = { code: 200, headers: {}, body: JSON.stringify({ status }) }
      return { startedAt: clock.now(), durationMs: 1, notes: [], result: { kind: 'response', response } }
    },
    async close() {},
  }
  return {
    transport,
    sent: () => sent.length,
    started: () => sent.filter((url) => url.endsWith('/start')).length,
  }
}
