import fc from 'fast-check'
import { expect, it } from 'vitest'
import { createRedactor, MASK } from './redact.ts'

const SECRET = 's3cret/va+lue&"x"'
const redactor = createRedactor([SECRET])

it.each([
  ['as it is', SECRET],
  ['URL-encoded', encodeURIComponent(SECRET)],
  ['form-encoded', new URLSearchParams({ a: SECRET }).toString()],
  ['in JSON', JSON.stringify({ token: SECRET })],
  ['in hex', Buffer.from(SECRET).toString('hex')],
  ['in base64', Buffer.from(SECRET).toString('base64')],
  ['in base64url', Buffer.from(SECRET).toString('base64url')],
])('masks a secret %s', (_, text) => {
  const masked = redactor.text(`before ${text} after`)
  expect(masked).toContain(MASK)
  expect(masked).not.toContain(SECRET.slice(0, 6))
})

it('masks the base64 of a text that holds the secret, wherever it stands in it', () => {
  fc.assert(
    fc.property(fc.string(), fc.string(), (before, after) => {
      const encoded = Buffer.from(`${before}${SECRET}${after}`).toString('base64')
      expect(redactor.text(encoded)).toContain(MASK)
    }),
  )
})

it('masks the headers that carry credentials, whatever they hold', () => {
  expect(
    redactor.headers({ Authorization: 'Bearer x', COOKIE: 'a=b', 'x-key': SECRET, accept: '*/*' }),
  ).toEqual({
    Authorization: MASK,
    COOKIE: MASK,
    'x-key': MASK,
    accept: '*/*',
  })
})

it('masks the password in a URL', () => {
  expect(redactor.url('https://me:pass@host/p?x=1')).toBe(`https://me:${MASK}@host/p?x=1`)
})

it('masks strings anywhere in JSON, and leaves the rest', () => {
  expect(redactor.json({ a: [1, null, { [SECRET]: SECRET }], b: true })).toEqual({
    a: [1, null, { [MASK]: MASK }],
    b: true,
  })
})
