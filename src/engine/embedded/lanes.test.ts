import { expect, it } from 'vitest'
import type { Clock } from '../effects.ts'
import { createLanes, type LaneLimits } from './lanes.ts'

/** A clock that stands still until it is moved. */
function steppedClock() {
  let now = 0
  let sleepers: { at: number; wake: () => void }[] = []
  const clock: Clock = {
    now: () => now,
    sleepUntil: (at) => new Promise((resolve) => sleepers.push({ at, wake: resolve })),
  }
  return {
    clock,
    async pass(ms: number) {
      now += ms
      const due = sleepers.filter(({ at }) => at <= now)
      sleepers = sleepers.filter(({ at }) => at > now)
      for (const { wake } of due) wake()
      await new Promise(setImmediate)
    },
  }
}

function world(limits: Partial<LaneLimits>) {
  const { clock, pass } = steppedClock()
  const begun: string[] = []
  const prepared: string[] = []
  const ends = new Map<string, () => void>()
  const lanes = createLanes({
    limits: { perOrigin: 1000, total: 1000, ratePerOrigin: Number.POSITIVE_INFINITY, ...limits },
    clock,
    prepare: (id) => prepared.push(id),
    run: (id) => {
      begun.push(id)
      return new Promise((resolve) => ends.set(id, resolve))
    },
  })
  const end = async (id: string) => {
    ends.get(id)!()
    await new Promise(setImmediate)
  }
  return { lanes, begun, prepared, end, pass }
}

it('a rate lets so many begin a second to one origin, and holds up no other', async () => {
  const { lanes, begun, pass, end } = world({ ratePerOrigin: 10 })
  for (let i = 0; i < 5; i++) lanes.add('a', `a${i}`)
  lanes.add('b', 'b0')
  expect(begun).toEqual(['a0', 'b0'])
  await pass(99)
  expect(begun).toHaveLength(2)
  await pass(1)
  expect(begun.slice(2)).toEqual(['a1'])
  await end('a0')
  await end('a1')
  expect(begun).toHaveLength(3)
  await pass(100)
  await pass(100)
  expect(begun.slice(3)).toEqual(['a2', 'a3'])
})

it('a pause does not let an origin be asked faster than its rate afterwards', async () => {
  const { lanes, begun, pass, end } = world({ ratePerOrigin: 10 })
  lanes.add('a', 'a0')
  await end('a0')
  await pass(10_000)
  for (let i = 1; i < 5; i++) lanes.add('a', `a${i}`)
  expect(begun).toEqual(['a0', 'a1'])
})

it('some of what waits is prepared ahead of its turn, each once', async () => {
  const { lanes, begun, prepared, end } = world({ perOrigin: 1 })
  for (let i = 0; i < 3000; i++) lanes.add('a', `${i}`)
  expect(begun).toEqual(['0'])
  expect(prepared).toEqual(Array.from({ length: 257 }, (_, i) => `${i}`))
  for (let i = 0; i < 2999; i++) await end(`${i}`)
  expect(begun).toEqual(Array.from({ length: 3000 }, (_, i) => `${i}`))
  expect(prepared).toEqual(Array.from({ length: 3000 }, (_, i) => `${i}`))
})

it('a lane is crowded where more waits than it has at a time', () => {
  const { lanes } = world({ perOrigin: 2 })
  for (let i = 0; i < 4; i++) lanes.add('a', `${i}`)
  expect(lanes.isCrowded('a')).toBe(false)
  lanes.add('a', '4')
  expect([lanes.isCrowded('a'), lanes.isCrowded('b')]).toEqual([true, false])
})
