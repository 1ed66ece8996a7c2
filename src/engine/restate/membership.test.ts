import { afterEach, describe, expect, it } from 'vitest'
import { settle, steppedClock } from '../stepped-clock.ts'
import { createMembership } from './membership.ts'
import type { RestateClient } from './restate-client.ts'
import type { Greeting } from './worker-roll.ts'

const ends: (() => Promise<void>)[] = []
afterEach(async () => {
  for (const end of ends.splice(0)) await end()
})

/** Where `seen` were heard of, in ms before now; `greet` is how greetings are answered. */
function world({ seen, greet }: { seen: Record<string, number>; greet: () => Promise<{ workers: number }> }) {
  const { clock, pass } = steppedClock()
  const greetings: Greeting['kind'][] = []
  const shares: number[] = []
  const client = {
    async call(_: object, input: Uint8Array) {
      const { kind } = JSON.parse(Buffer.from(input).toString()) as Greeting
      greetings.push(kind)
      return kind === 'leaving' ? { workers: 1 } : greet()
    },
    async sql() {
      const at = Object.entries(seen).map(([id, ago]) => [id, clock.now() - ago])
      return [{ value_utf8: JSON.stringify(Object.fromEntries(at)) }]
    },
  } as unknown as RestateClient
  const budget = {
    enter: async () => null,
    inFlight: () => 0,
    setPerOrigin: (count: number) => void shares.push(count),
  }
  const onProblem = () => {}
  const membership = createMembership({ worker: 'new', client, clock, budget, perOrigin: 16, onProblem })
  ends.push(membership.leave)
  return { membership, greetings, shares, pass }
}

describe('a worker', () => {
  it('has its share before it can answer, where others are there and have had time to hear of it', async () => {
    const { membership, shares, pass } = world({
      seen: { other: 1000, gone: 10_000 },
      greet: async () => ({ workers: 2 }),
    })
    const joined = membership.joinOthers()
    await settle()
    expect(shares).toEqual([0])
    await pass(2500)
    expect([await joined, shares]).toEqual([true, [0, 8]])
  })

  it.each([
    ['nobody is there', { new: 0, gone: 10_000 }, () => Promise.resolve({ workers: 1 }), 0],
    ['who was there does not answer', { other: 1000 }, () => new Promise<never>(() => {}), 3000],
    ['who was there is not known', { other: 1000 }, () => Promise.reject(new Error('404')), 0],
  ])('does not join where %s', async (_, seen, greet, ms) => {
    const { membership, shares, pass } = world({ seen, greet })
    const joined = membership.joinOthers()
    await settle()
    await pass(ms)
    expect([await joined, shares]).toEqual([false, [0]])
  })

  it('greets again until the node that it asks has heard of what was registered', async () => {
    let refusals = 3
    const { membership, greetings, shares, pass } = world({
      seen: {},
      greet: async () => {
        if (refusals-- > 0) throw new Error('404')
        return { workers: 1 }
      },
    })
    const joined = membership.join()
    for (let round = 0; round < 3; round++) {
      await settle()
      await pass(100)
    }
    await joined
    expect([greetings.length, shares]).toEqual([5, [0, 16]])
  })
})
