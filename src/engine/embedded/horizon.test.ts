import { expect, it } from 'vitest'
import { createAgenda } from './agenda.ts'
import { createHorizon } from './horizon.ts'

/** A horizon over a store in which everything is due. */
function overdue(queued: number) {
  let asked = 0
  const store = {
    due: async ({ limit }: { limit: number }) =>
      Array.from({ length: limit }, () => ({ id: `${++asked}`, origin: 'a', dueAt: 1000, place: asked })),
  }
  const agenda = createAgenda()
  return {
    agenda,
    horizon: createHorizon(agenda, { store, clock: { now: () => 1000 }, queued: () => queued }),
  }
}

it('brings what is due at once, until there is enough of it', async () => {
  const { agenda, horizon } = overdue(0)
  await horizon.refill()
  expect([agenda.size, horizon.refillAt()]).toEqual([2000, 1000])
  for (let i = 0; i < 4; i++) await horizon.refill()
  expect([agenda.size, horizon.refillAt()]).toEqual([10_000, 1500])
})

it('brings it slowly where much is due that has not begun, and does not stop: who is asked elsewhere waits for none of it', async () => {
  const { agenda, horizon } = overdue(50_000)
  await horizon.refill()
  expect([agenda.size, horizon.refillAt()]).toEqual([2000, 2000])
})
