import { expect, it } from 'vitest'
import { manualClock } from '../testing/manual-clock.ts'
import { createRecent } from './recent.ts'

it('knows the percentiles and the rate of the last ten seconds', () => {
  const clock = manualClock()
  const recent = createRecent(clock.now)
  expect([recent.percentile(0.5), recent.perSecond()]).toEqual([null, 0])
  for (let value = 1; value <= 100; value++) recent.add(value)
  expect([recent.percentile(0.5), recent.percentile(0.99), recent.perSecond()]).toEqual([51, 100, 10])
  clock.advance(9000)
  recent.add(500)
  clock.advance(2000)
  expect([recent.percentile(0.5), recent.perSecond()]).toEqual([500, 0.1])
})

it('measures the rate by what it still holds, where more came than it keeps', () => {
  const clock = manualClock()
  const recent = createRecent(clock.now)
  for (let second = 0; second < 4; second++) {
    for (let value = 0; value < 4096; value++) recent.add(value)
    clock.advance(1000)
  }
  expect(recent.perSecond()).toBe(4096)
})
