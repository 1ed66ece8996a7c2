import { expect, it } from 'vitest'
import type { LedgerEntry } from '../../core/poll.ts'
import { createRedactor } from '../../core/redact.ts'
import { maskedEntry, maskedLine } from './poll-view.ts'

const entry: LedgerEntry = {
  iteration: 4,
  startedAt: 9.25,
  durationMs: 1,
  code: 200,
  verdict: 'pending',
  reason: 'status is "RUNNING" for tok-12345678',
  values: { status: '"RUNNING"', owner: '"tok-12345678"' },
  progress: null,
  next: { dueAt: 20, reason: 'interval' },
  bodyChanged: false,
  notes: ['redirected to /tok-12345678'],
}

it('a line of the ledger is the same as text as it is as an object, for each who masks it, each time', () => {
  const redactors = [createRedactor(['tok-12345678']), createRedactor([]), createRedactor(['RUNNING'])]
  for (const redactor of [...redactors, ...redactors])
    for (const shown of [entry, { ...entry, iteration: 5 }, { ...entry, reason: 'another' }])
      expect(JSON.parse(maskedLine(shown, redactor))).toEqual(maskedEntry(shown, redactor))
  expect(maskedLine(entry, redactors[0]!)).not.toContain('tok-12345678')
})
