import fc from 'fast-check'
import { expect, it } from 'vitest'
import { parseJson, toJson } from './json.ts'

it('keeps integers beyond 2^53 exactly, and drops a BOM', () => {
  const text = '\ufeff{"big":9007199254740993,"n":1.5,"s":"9007199254740993","neg":-12345678901234567890}'
  const value = parseJson(text)
  expect(value).toEqual({
    big: 9007199254740993n,
    n: 1.5,
    s: '9007199254740993',
    neg: -12345678901234567890n,
  })
  expect(toJson(value)).toBe(text.slice(1))
})

it('gives undefined for what is not JSON', () => {
  expect([parseJson(''), parseJson('<html>'), parseJson('{"a":1}x')]).toEqual([
    undefined,
    undefined,
    undefined,
  ])
})

it('parses as JSON.parse does where no large integer stands', () => {
  fc.assert(
    fc.property(fc.json(), (text) => {
      expect(toJson(parseJson(text))).toBe(JSON.stringify(JSON.parse(text)))
    }),
  )
})

it('keeps a key named __proto__ a plain key', () => {
  const value = parseJson('{"__proto__":1234567890123456789,"a":1}') as object
  expect(Object.getPrototypeOf(value)).toBe(Object.prototype)
  expect(Object.keys(value)).toContain('__proto__')
})
