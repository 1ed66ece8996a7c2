import { expect, it } from 'vitest'
import { describeSeconds } from './message.ts'

it.each([
  [0, '0 s'],
  [0.0004, '1 ms'],
  [0.008, '8 ms'],
  [0.06, '0.1 s'],
  [9.94, '9.9 s'],
  [59.4, '59 s'],
  [200, '3 min 20 s'],
  [7500, '2 h 5 min'],
])('%d seconds are said as %s', (seconds, text) => expect(describeSeconds(seconds)).toBe(text))
