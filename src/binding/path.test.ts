import { describe, expect, it } from 'vitest'
import { BindingError, formatPath, lookUp, type PathStep, parsePath } from './path.ts'

describe('a path is read, and written in one way', () => {
  it.each<[string, PathStep[], string]>([
    ['status', ['status'], 'status'],
    [' a . b ', ['a', 'b'], 'a.b'],
    ['nested.in', ['nested', 'in'], 'nested.in'],
    ['responseHeaders.content-type', ['responseHeaders', 'content-type'], 'responseHeaders.content-type'],
    ['S.My Task.output.x[0]', ['S', 'My Task', 'output', 'x', 0], 'S.My Task.output.x[0]'],
    ['a["any.key"]', ['a', 'any.key'], 'a["any.key"]'],
    ["a['it\\'s']", ['a', "it's"], 'a["it\'s"]'],
    ['a[""]', ['a', ''], 'a[""]'],
    ['Größe.名前', ['Größe', '名前'], 'Größe.名前'],
    ['a\n  b.c', ['a b', 'c'], 'a b.c'],
  ])('%j', (text, steps, written) => {
    expect(parsePath(text)).toEqual(steps)
    expect(formatPath(steps)).toBe(written)
    expect(parsePath(written)).toEqual(steps)
  })

  it.each([
    ['', 2],
    ['  ', 2],
    ['a || true', 4],
    ['a..b', 3],
    ['[0]', 2],
    ['a[', 3],
    ['a[-1]', 3],
  ])('%j is none, said at its offset', (text, offset) => {
    const read = () => parsePath(text, 2)
    expect(read).toThrow(BindingError)
    expect(read).toThrow(expect.objectContaining({ offset, code: 'invalid-binding' }))
  })
})

it.each<[PathStep[], unknown]>([
  [['a', 'b', 1], 'y'],
  [['a', 'none'], undefined],
  [['a', 'b', 2], undefined],
  [['text', 'length'], undefined],
  [['toString'], undefined],
  [['__proto__', 'x'], undefined],
  [['nothing'], null],
  [['nothing', 'more'], undefined],
])('the value at %j is %j: own properties alone count', (steps, value) => {
  expect(lookUp({ a: { b: ['x', 'y'] }, text: 'abc', nothing: null }, steps)).toEqual(value)
})
