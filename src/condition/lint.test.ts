import { expect, it } from 'vitest'
import { lintCriteria } from './lint.ts'

it.each<[string | null, string | null, unknown, string[]]>([
  ['status == "DONE"', 'status == "FAILED"', undefined, []],
  ['status == "DONE"', null, undefined, ['no-failure-condition']],
  ['status == "DONE"', 'status  ==  "DONE"', undefined, ['same-conditions']],
  ['status == "DONE"', 'status != "DONE"', undefined, ['complement']],
  ['status == "DONE"', '!(status == "DONE")', undefined, ['complement']],
  ['items.all(i, i.ok)', 'failed', undefined, ['all-over-empty']],
  ['size(items) > 0 && items.all(i, i.ok)', 'failed', undefined, []],
  ['stauts == "DONE"', 'status == "FAILED"', { status: 'X' }, ['unknown-property']],
  ['responseCode == 404', 'status == "FAILED"', { status: 'X' }, []],
])('lints %s and %s', (success, failure, sample, rules) => {
  expect(lintCriteria({ success, failure, sample }).map(({ rule }) => rule)).toEqual(rules)
})

it('names the property that was meant', () => {
  const [lint] = lintCriteria({ success: 'stauts == "X"', failure: 'false', sample: { status: 'X' } })
  expect(lint?.hint).toBe('did you mean status?')
})
