import { expect, it } from 'vitest'
import { createLines, type Place } from './line.ts'

function place(name: string, began: string[], { isOverAtOnce = false } = {}) {
  const it: Place & { isGone: boolean } = {
    next: null,
    leave: null,
    isGone: false,
    begin() {
      began.push(name)
      if (isOverAtOnce) it.leave?.()
    },
  }
  return it
}

it('lets so many in at a time, and the next in the order in which they came', () => {
  const began: string[] = []
  const [a, b, c, d] = ['a', 'b', 'c', 'd'].map((name) => place(name, began)) as [Place, Place, Place, Place]
  const lines = createLines(2)
  for (const each of [a, b, c, d]) lines.join('http://far', each)
  expect(began).toEqual(['a', 'b'])
  b.leave?.()
  expect(began).toEqual(['a', 'b', 'c'])
  a.leave?.()
  c.leave?.()
  expect(began).toEqual(['a', 'b', 'c', 'd'])
})

it('holds nobody up for another origin', () => {
  const began: string[] = []
  const lines = createLines(1)
  lines.join('http://a', place('first of a', began))
  lines.join('http://a', place('second of a', began))
  lines.join('http://b', place('first of b', began))
  expect(began).toEqual(['first of a', 'first of b'])
})

it('passes over who waits no more', () => {
  const began: string[] = []
  const lines = createLines(1)
  const [first, gone, last] = [place('first', began), place('gone', began), place('last', began)]
  for (const each of [first, gone, last]) lines.join('http://far', each)
  gone.isGone = true
  first.leave?.()
  expect(began).toEqual(['first', 'last'])
})

it('lets in ten thousand that are over at once, one after the other', () => {
  const began: string[] = []
  const lines = createLines(1)
  const first = place('first', began)
  lines.join('http://far', first)
  for (let n = 0; n < 10_000; n++) lines.join('http://far', place(`${n}`, began, { isOverAtOnce: true }))
  first.leave?.()
  expect(began.length).toBe(10_001)
  lines.join('http://far', place('after', began))
  expect(began.at(-1)).toBe('after')
})
