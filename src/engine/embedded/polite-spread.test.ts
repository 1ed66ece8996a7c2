import { expect, it } from 'vitest'
import { start } from '../../core/poll.ts'
import { parsePollTask } from '../../core/task.ts'
import { politeSpreadMs } from './polite-spread.ts'

const task = parsePollTask({ url: 'http://far.test/' })
const waiting = (dueAt: number) => ({ ...start(task, 0), dueAt, waitReason: 'interval' }) as const
const crowd = { isCrowded: true, now: 0, random: 0.5 }

it('polls that crowd wait up to a twentieth of their pause longer, and 5 s at most', () => {
  expect(politeSpreadMs(waiting(10_000), crowd)).toBe(250)
  expect(politeSpreadMs(waiting(3_600_000), crowd)).toBe(2500)
})

it('where none crowd, and where the instant matters, nobody waits longer', () => {
  expect(politeSpreadMs(waiting(10_000), { ...crowd, isCrowded: false })).toBe(0)
  expect(politeSpreadMs({ ...waiting(10_000), waitReason: 'retry-after' }, crowd)).toBe(0)
  expect(politeSpreadMs({ ...waiting(10_000), waitReason: 'last-chance' }, crowd)).toBe(0)
  expect(politeSpreadMs({ ...waiting(10_000), deadlineAt: 10_400 }, crowd)).toBe(0)
  expect(politeSpreadMs({ ...waiting(10_000), deadlineAt: 10_600 }, crowd)).toBe(250)
})
