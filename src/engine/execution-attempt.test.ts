import { describe, expect, it } from 'vitest'
import type { LedgerEntry } from '../core/poll.ts'
import { hasNews } from './execution-attempt.ts'

const ENTRY: LedgerEntry = {
  iteration: 1,
  startedAt: 1000,
  durationMs: 5,
  code: 200,
  verdict: 'pending',
  reason: 'the success condition does not hold',
  values: {},
  progress: null,
  next: null,
  bodyChanged: false,
  notes: [],
}

describe('the answer of an attempt', () => {
  it.each([
    ['the first', null, {}, true],
    ['alike', ENTRY, { iteration: 2, startedAt: 2000, durationMs: 6 }, false],
    ['of another body', ENTRY, { bodyChanged: true }, true],
    ['of another code', ENTRY, { code: 202 }, true],
    ['of another verdict', ENTRY, { verdict: 'broken' }, true],
    ['of another reason, as where it was cut off', ENTRY, { reason: 'the body was cut off' }, true],
  ] as const)('is news: %s', (_, before, changed, isNews) => {
    expect(hasNews({ ...ENTRY, ...changed }, before)).toBe(isNews)
  })
})
