import { expect, it } from 'vitest'
import { retryAfterMs } from './retry-after.ts'

const NOW = Date.UTC(1994, 10, 6, 8, 49, 0)

it.each<[string, Record<string, string>, number | null]>([
  ['seconds', { 'retry-after': '120' }, 120_000],
  ['IMF-fixdate', { 'retry-after': 'Sun, 06 Nov 1994 08:49:37 GMT' }, 37_000],
  ['RFC 850 date', { 'retry-after': 'Sunday, 06-Nov-94 08:49:37 GMT' }, 37_000],
  ['asctime date', { 'retry-after': 'Sun Nov  6 08:49:37 1994' }, 37_000],
  [
    "the response's own Date",
    { 'retry-after': 'Sun, 06 Nov 1994 09:00:10 GMT', date: 'Sun, 06 Nov 1994 09:00:00 GMT' },
    10_000,
  ],
  ['nothing', {}, null],
  ['zero', { 'retry-after': '0' }, null],
  ['a date in the past', { 'retry-after': 'Sun, 06 Nov 1994 08:48:59 GMT' }, null],
  ['a negative number', { 'retry-after': '-5' }, null],
  ['a fraction', { 'retry-after': '1.5' }, null],
  ['an ISO date', { 'retry-after': '1994-11-06T08:49:37Z' }, null],
  ['a number beyond all bounds', { 'retry-after': '9'.repeat(30) }, null],
  ['nonsense', { 'retry-after': 'soon' }, null],
])('Retry-After by %s', (_, headers, expected) => {
  expect(retryAfterMs(headers, NOW)).toBe(expected)
})
