import { describe, expect, it } from 'vitest'
import { memoryStore } from '../../store/memory-store.ts'
import { farSide } from '../far-side.ts'
import type { MovedExecution } from '../moved-run.ts'
import { settle, steppedClock } from '../stepped-clock.ts'
import { embeddedEngine } from './embedded-engine.ts'
import { ONE, startOne } from './one-at-a-time.ts'
import { createSealer } from './sealer.ts'
import { storeMover } from './store-mover.ts'

const KEY = new Uint8Array(32).fill(7)
const ALL = { kind: null, status: null, name: null, text: null, before: null, limit: 10 } as const

/** A store, with engines over it that come and go; what they send is answered when it is told to. */
function world() {
  const { clock, pass } = steppedClock()
  const store = memoryStore()
  const sealer = createSealer(KEY)
  const far = farSide(clock, async (holds) => {
    if (!holds()) throw new Error('nothing waits for an answer')
  })
  let ids = 0
  const open = () =>
    embeddedEngine({
      store,
      sealer,
      effects: { clock, random: () => 0, newId: () => `execution-${++ids}`, transport: far.transport },
      onProblem: () => {},
    })
  const mover = storeMover({ store, sealer, clock })
  const take = async (id: string) => {
    const moved = await mover.take(id)
    if (moved?.kind !== 'execution') throw new Error(`${id} was not taken`)
    return moved
  }
  return { pass, store, sealer, far, open, mover, take }
}

/** One is begun and sends nothing yet, since it is paused; another is queued behind it. Both are moved elsewhere. */
async function twoThatAreHeld() {
  const there = world()
  const before = await there.open()
  const [first, second] = [await startOne(before), await startOne(before)]
  await before.stop(0)
  // As if its request had never left, so that there is something to go on with.
  const stored = (await there.store.get(first))!
  const run = JSON.parse(there.sealer.open(stored.state, `state ${first}`))
  run.tasks['S.A'].work.isSent = false
  const state = there.sealer.seal(JSON.stringify(run), `state ${first}`)
  await there.store.change({ ...stored, state, events: [], folds: false })
  await there.take(first)
  await there.take(second)
  const engine = await there.open()
  await settle()
  const statusOf = async (id: string) => (await engine.executions!.get(id))!.status
  const command = async (id: string, name: 'cancel' | 'pause' | 'resume') => {
    const result = await engine.executions!.command(id, name, 'by a test')
    await settle()
    return result
  }
  return { ...there, engine, first, second, statusOf, command }
}

describe('an execution that was moved out of a data folder', () => {
  it('looks paused there and sends nothing, also when it is paused', async () => {
    const { engine, first, second, statusOf, command, far, pass } = await twoThatAreHeld()
    expect(await command(first, 'pause')).toMatchObject({ kind: 'done', execution: { status: 'PAUSED' } })
    await pass(3_600_000)
    expect(await Promise.all([first, second].map(statusOf))).toEqual(['PAUSED', 'PAUSED'])
    const { runs } = await engine.executions!.listRuns({ ...ALL, status: 'PAUSED' })
    expect(runs).toMatchObject([
      { id: second, status: 'PAUSED', nextAttemptAt: null },
      { id: first, status: 'PAUSED', nextAttemptAt: null },
    ])
    expect(far.sent).toHaveLength(1)
    await engine.stop(0)
  })

  it('goes on once it is resumed: one that was queued when its turn has come', async () => {
    const { engine, first, second, statusOf, command, far } = await twoThatAreHeld()
    expect(await command(first, 'resume')).toMatchObject({ kind: 'done', execution: { status: 'RUNNING' } })
    expect(await command(second, 'resume')).toMatchObject({ kind: 'done', execution: { status: 'QUEUED' } })
    expect(far.waiting()).toHaveLength(1)
    await far.answer('FINISHED')
    await settle()
    expect(await Promise.all([first, second].map(statusOf))).toEqual(['COMPLETED', 'RUNNING'])
    await far.answer('FINISHED')
    await settle()
    expect(await statusOf(second)).toBe('COMPLETED')
    await engine.stop(0)
  })

  it('is cancelled without a request, and then gives its place to the next', async () => {
    const { engine, first, second, statusOf, command, far } = await twoThatAreHeld()
    await command(second, 'resume')
    expect(await command(first, 'cancel')).toMatchObject({ kind: 'done', execution: { status: 'CANCELED' } })
    expect(await command(first, 'resume')).toEqual({ kind: 'refused', reason: 'it has ended: CANCELED' })
    expect([await statusOf(second), far.sent.length]).toEqual(['RUNNING', 2])
    await engine.stop(0)
  })
})

describe('an execution whose definition does not fit any more', () => {
  const unfitSources = { One: ONE.replace('type: REST', 'type: TELEX') }
  async function takenUnfit(): Promise<MovedExecution> {
    const there = world()
    const engine = await there.open()
    const id = await startOne(engine)
    expect(there.far.waiting()).toHaveLength(1)
    await engine.stop(0)
    const stored = (await there.store.get(id))!
    const sources = { pipeline: 'One', sources: unfitSources, variables: {}, input: {} }
    const task = there.sealer.seal(JSON.stringify(sources), `task ${id}`)
    await there.store.change({ ...stored, task, events: [], folds: false })
    return there.take(id)
  }

  it('is moved as it stands, and not taken in where it does not fit either', async () => {
    const moved = await takenUnfit()
    expect(moved.run.tasks['S.A']?.work).toMatchObject({ kind: 'rest', isSent: true })
    const { mover, store } = world()
    await expect(mover.put(moved)).rejects.toMatchObject({
      code: 'invalid-file',
      message: expect.stringMatching(/^the execution execution-1 does not fit here: .*TELEX/),
    })
    expect(await store.get(moved.id)).toBeNull()
  })

  it('says where it fits that nobody knows of a request that was on the wire', async () => {
    const moved = await takenUnfit()
    const there = world()
    expect(await there.mover.put({ ...moved, sources: { ...moved.sources, sources: { One: ONE } } })).toBe(
      true,
    )
    const engine = await there.open()
    await settle()
    expect(await engine.executions!.get(moved.id)).toMatchObject({ status: 'FAILED', outcome: 'broken' })
    expect(there.far.sent).toEqual([])
    await engine.stop(0)
  })
})
