import { expect, it } from 'vitest'
import { type LedgerEntry, start } from '../../core/poll.ts'
import { parsePollTask } from '../../core/task.ts'
import { isFoldable } from './fold.ts'

const before = {
  ...start(parsePollTask({ url: 'http://far.test/' }), 0),
  iterationCount: 3,
  lastJudgement: { verdict: 'pending', reason: 'status is RUNNING', decidedBy: null, transient: false },
  lastValues: { status: 'RUNNING' },
  waitReason: 'interval',
  progress: { value: 5, since: 0 },
} as const
const same: LedgerEntry = {
  iteration: 4,
  startedAt: 9,
  durationMs: 1,
  code: 200,
  verdict: 'pending',
  reason: 'status is RUNNING',
  values: { status: 'RUNNING' },
  progress: 5,
  next: { dueAt: 20, reason: 'interval' },
  bodyChanged: false,
  notes: [],
}
const few = { lastEvent: 5, folded: 0 }

it('an attempt like the one before folds', () => {
  expect(isFoldable(before, same, few)).toBe(true)
})

it.each([
  ['body', { bodyChanged: true }],
  ['verdict', { verdict: 'throttled' }],
  ['reason', { reason: 'status is NEARLY' }],
  ['values', { values: { status: 'NEARLY' } }],
  ['progress', { progress: 6 }],
  ['kind of pause', { next: { dueAt: 20, reason: 'backoff' } }],
] as const)('an attempt with another %s does not', (_, changed) => {
  expect(isFoldable(before, { ...same, ...changed }, few)).toBe(false)
})

it('the first attempt does not, and beyond a thousand kept events every one does', () => {
  const changed = { ...same, bodyChanged: true }
  expect(isFoldable({ ...before, lastJudgement: null }, same, few)).toBe(false)
  expect(isFoldable(before, changed, { lastEvent: 1999, folded: 1000 })).toBe(false)
  expect(isFoldable(before, changed, { lastEvent: 2000, folded: 1000 })).toBe(true)
})
