import { celEnv } from '@bufbuild/cel'
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { openBudget } from './budget.ts'
import { plainShortcuts } from './shortcuts.ts'

const library = celEnv({}).funcs

const plain = fc.oneof(
  fc.double(),
  fc.integer({ min: -3, max: 3 }),
  fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }),
  fc.bigInt({ min: -3n, max: 3n }),
  fc.string({ maxLength: 3 }),
  fc.boolean(),
  fc.constant(null),
)

it.each(Object.keys(plainShortcuts))('a shortcut of %s gives what the library gives', (name) => {
  let answered = 0
  fc.assert(
    fc.property(plain, plain, (a, b) => {
      const args = name === '!_' ? [a] : [a, b]
      openBudget()
      const short = plainShortcuts[name]?.(args)
      if (short === undefined) return
      answered++
      expect(short).toBe(library.find(name)?.call(0, undefined, args))
    }),
    { numRuns: 1000 },
  )
  expect(answered).toBeGreaterThan(20)
})
