import fc from 'fast-check'
import { expect, it } from 'vitest'
import { createAgenda } from './agenda.ts'

const steps = fc.array(
  fc.oneof(
    fc.record({ kind: fc.constant('add'), id: fc.nat(30), at: fc.nat(100) }),
    fc.record({ kind: fc.constant('remove'), id: fc.nat(30), at: fc.constant(0) }),
    fc.record({ kind: fc.constant('take'), id: fc.constant(0), at: fc.nat(100) }),
  ),
  { maxLength: 200 },
)

it('gives what a sorted list would give, whatever is done with it', () => {
  fc.assert(
    fc.property(steps, (all) => {
      const agenda = createAgenda()
      const model = new Map<string, number>()
      for (const { kind, id, at } of all) {
        if (kind === 'add') {
          agenda.add(`${id}`, 'o', at)
          model.set(`${id}`, at)
        } else if (kind === 'remove') {
          agenda.remove(`${id}`)
          model.delete(`${id}`)
        } else {
          const due = [...model].filter(([, dueAt]) => dueAt <= at)
          const taken = agenda.takeDue(at).map((entry) => entry.id)
          expect([...taken].sort()).toEqual(due.map(([dueId]) => dueId).sort())
          expect(taken.map((dueId) => model.get(dueId))).toEqual(
            due.map(([, dueAt]) => dueAt).sort((a, b) => a - b),
          )
          for (const [dueId] of due) model.delete(dueId)
        }
        expect(agenda.size).toBe(model.size)
        expect(agenda.nextAt()).toBe(Math.min(...model.values(), Number.POSITIVE_INFINITY))
      }
    }),
  )
})

it('holds more than it began with', () => {
  const agenda = createAgenda()
  for (let i = 5000; i > 0; i--) agenda.add(`${i}`, 'o', i)
  expect(agenda.takeDue(3).map(({ id }) => id)).toEqual(['1', '2', '3'])
  expect(agenda.takeDue(5000)).toHaveLength(4997)
})
