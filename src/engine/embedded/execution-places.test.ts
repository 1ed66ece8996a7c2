import { describe, expect, it } from 'vitest'
import { memoryStore } from '../../store/memory-store.ts'
import type { Store, StoredRun } from '../../store/store.ts'
import type { Transport } from '../effects.ts'
import type { Engine } from '../engine.ts'
import { settle, steppedClock } from '../stepped-clock.ts'
import { embeddedEngine } from './embedded-engine.ts'
import { createSealer } from './sealer.ts'

const ONE = `
kind: PIPELINE
name: One
concurrency: 1
stageOrder: [S]
stages: {S: {taskOrder: [A], tasks: {A: {type: REST, input: {action: post, url: 'http://far.test/a'}}}}}
`

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
    sealer: createSealer(new Uint8Array(32).fill(7)),
    effects: { clock, random: () => 0, newId: () => `execution-${++ids}`, transport },
    onProblem: (problem) => problems.push(problem),
  })
  const answer = async () => {
    answers.shift()!()
    await settle()
  }
  return { engine, pass, answer, answers, problems }
}

async function start({ executions }: Engine): Promise<string> {
  const about = { variables: {}, input: {}, requestBy: 'a test', comments: '', idempotency: null }
  const result = await executions!.start({ pipeline: 'One', sources: { One: ONE }, ...about })
  await settle()
  if (result.kind !== 'accepted') throw new Error(result.kind)
  return result.execution.executionId
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
    const first = await start(engine)
    const second = start(engine)
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
    await start(engine)
    const second = await start(engine)
    const third = await start(engine)
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
})
