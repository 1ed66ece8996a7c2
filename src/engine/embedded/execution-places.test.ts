import { describe, expect, it } from 'vitest'
import { memoryStore } from '../../store/memory-store.ts'
import type { Store, StoredRun } from '../../store/store.ts'
import type { Transport } from '../effects.ts'
import type { Engine } from '../engine.ts'
import { settle, steppedClock } from '../stepped-clock.ts'
import { embeddedEngine } from './embedded-engine.ts'
import { ONE, startOne } from './one-at-a-time.ts'
import { createSealer } from './sealer.ts'

const KEY = new Uint8Array(32).fill(7)

async function world(wrapped: (base: Store) => Store) {
  const { clock, pass } = steppedClock()
  const answers: (() => void)[] = []
  const problems: unknown[] = []
  let ids = 0
  const transport: Transport = {
    send: () =>
      new Promise((resolve) =>
        answers.push(() => {
          const response = { code: 200, headers: {}, body: '{}' }
          resolve({ startedAt: 0, durationMs: 0, notes: [], result: { kind: 'response', response } })
        }),
      ),
    async close() {},
  }
  const engine = await embeddedEngine({
    store: wrapped(memoryStore()),
    sealer: createSealer(KEY),
    effects: { clock, random: () => 0, newId: () => `execution-${++ids}`, transport },
    onProblem: (problem) => problems.push(problem),
  })
  const answer = async () => {
    answers.shift()!()
    await settle()
  }
  return { engine, pass, answer, answers, problems }
}

const statusOf = async ({ executions }: Engine, id: string) => (await executions!.get(id))!.status

describe('places for executions', () => {
  it('one that gets its place before it is kept begins once it is', async () => {
    const held: (() => void)[] = []
    let submissions = 0
    const { engine, answer, answers } = await world((base) => ({
      ...base,
      async submit(submission) {
        if (++submissions === 2) await new Promise<void>((resolve) => held.push(resolve))
        return base.submit(submission)
      },
    }))
    const first = await startOne(engine)
    const second = startOne(engine)
    await settle()
    await answer()
    expect([await statusOf(engine, first), answers.length]).toEqual(['COMPLETED', 0])
    held[0]!()
    const id = await second
    expect([await statusOf(engine, id), answers.length]).toEqual(['RUNNING', 1])
    await answer()
    expect(await statusOf(engine, id)).toBe('COMPLETED')
    await engine.stop(0)
  })

  it('one that cannot be begun lets the next have its place, and is begun a minute later where it can be', async () => {
    const unreadable = new Set<string>()
    const { engine, pass, answer, answers, problems } = await world((base) => ({
      ...base,
      async get(id) {
        const stored = await base.get(id)
        return unreadable.has(id)
          ? ({ ...stored, task: new Uint8Array(40) } as typeof stored & StoredRun)
          : stored
      },
    }))
    await startOne(engine)
    const second = await startOne(engine)
    const third = await startOne(engine)
    unreadable.add(second)
    await answer()
    expect([await statusOf(engine, third), answers.length, problems.length]).toEqual(['RUNNING', 1, 1])
    await answer()
    await pass(60_000)
    await settle()
    expect([answers.length, problems.length > 1]).toEqual([0, true])
    unreadable.clear()
    await pass(60_000)
    await settle()
    expect([await statusOf(engine, second), answers.length]).toEqual(['RUNNING', 1])
    await answer()
    expect(await statusOf(engine, second)).toBe('COMPLETED')
    await engine.stop(0)
  })

  it('one that was queued, and has a definition that fits no more, ends as FAILED and says why', async () => {
    let base = memoryStore()
    const before = await world((store) => {
      base = store
      return store
    })
    await startOne(before.engine)
    const second = await startOne(before.engine)
    // Left as if it had been killed.
    const sources = { One: ONE.replace('type: REST', 'type: TELEX') }
    const task = createSealer(KEY).seal(
      JSON.stringify({ pipeline: 'One', sources, variables: {}, input: {} }),
      `task ${second}`,
    )
    const { engine, problems } = await world(() => ({
      ...base,
      async get(id) {
        const stored = await base.get(id)
        return stored && id === second ? { ...stored, task } : stored
      },
    }))
    await settle()
    const said = /^Not begun: its definition does not fit any more. .*TELEX/
    const failed = {
      status: 'FAILED',
      statusMessage: expect.stringMatching(said),
      outcome: 'failed',
      stages: {},
    }
    expect(await engine.executions!.get(second)).toMatchObject(failed)
    const ended = await engine.events(second, { after: 0, limit: 9, kind: 'ended' })
    expect(ended?.map(({ data }) => JSON.parse(data))).toEqual([
      { status: 'FAILED', statusMessage: expect.stringMatching(said) },
    ])
    expect(problems).toEqual([])
    await engine.stop(0)
  })
})
