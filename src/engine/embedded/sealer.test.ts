import { expect, it } from 'vitest'
import { createSealer } from './sealer.ts'

const sealer = createSealer(new Uint8Array(32).fill(1))

it('opens what it sealed, in the same place, with the same key', () => {
  const sealed = sealer.seal('the text é', 'task 1')
  expect(sealer.open(sealed, 'task 1')).toBe('the text é')
  expect(() => sealer.open(sealed, 'task 2')).toThrow('the key is another one')
  expect(() => createSealer(new Uint8Array(32).fill(2)).open(sealed, 'task 1')).toThrow(
    'the key is another one',
  )
})

it('opens nothing of which a bit was changed, or a byte is missing', () => {
  const sealed = sealer.seal('text', 'task 1')
  for (const index of sealed.keys()) {
    const changed = Uint8Array.from(sealed)
    changed[index]! ^= 1
    expect(() => sealer.open(changed, 'task 1')).toThrow('cannot be decrypted')
    expect(() => sealer.open(sealed.subarray(0, index), 'task 1')).toThrow('cannot be decrypted')
  }
})

it('seals the same text another way each time, over many thousand times', () => {
  const ivs = Array.from({ length: 5000 }, () =>
    Buffer.from(sealer.seal('', 'x')).subarray(1, 13).toString('hex'),
  )
  expect(new Set(ivs).size).toBe(5000)
})

it('seals the same text at the same place the same way where that is asked for, and no other', () => {
  const bytes = (text: string, place: string) => Buffer.from(sealer.sealSame(text, place)).toString('hex')
  expect(bytes('text', 'task 1')).toBe(bytes('text', 'task 1'))
  expect(new Set([bytes('text', 'task 1'), bytes('text', 'task 2'), bytes('texts', 'task 1')]).size).toBe(3)
  expect(sealer.open(sealer.sealSame('text', 'task 1'), 'task 1')).toBe('text')
})

it('digests the same text the same way, and another key does it another way', () => {
  expect(sealer.digest('a')).toBe(sealer.digest('a'))
  expect(sealer.digest('a')).not.toBe(createSealer(new Uint8Array(32)).digest('a'))
})
