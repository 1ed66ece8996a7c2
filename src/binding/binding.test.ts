import { describe, expect, it } from 'vitest'
import { lookUp, type PathStep } from './path.ts'
import { renderHeader, renderText } from './render.ts'
import { bindingsIn } from './template.ts'
import { renderUrl } from './url.ts'

const VALUES = {
  input: { host: 'a.example.com', port: 8080, id: '7', evil: '.evil.com', link: '/jobs/7?full=1', nul: null },
  Build: { 'My Task': { output: { items: [{ id: 9 }], ok: true } } },
  bad: {
    dots: '../../admin',
    query: '7?admin=1#x',
    params: 'a&admin=1',
    lines: 'a\r\nX: y',
    nested: '${input.id}',
  },
}
const lookup = (steps: readonly PathStep[]) => lookUp(VALUES, steps)

describe('a text with bindings', () => {
  it.each([
    ['no binding', 'no binding'],
    ['${input.id}', '7'],
    ['a ${input.id} b ${input.port}', 'a 7 b 8080'],
    ['${Build.My Task.output.items[0].id}', '9'],
    ['${Build.My\n      Task.output.ok}', 'true'],
    ['${Build["My Task"].output.items}', '[{"id":9}]'],
    ['$filter=$5 and \\${input.id}', '$filter=$5 and ${input.id}'],
    ['${input.nul}', 'null'],
    ['${bad.nested}', '${input.id}'],
  ])('%j is %j', (template, text) => {
    expect(renderText(template, lookup)).toBe(text)
  })

  it.each(['${input.none}', '${Build.My Task.output.items[4].id}', '${input.constructor}'])(
    '%s has no value',
    (template) => {
      expect(() => renderText(template, lookup)).toThrow(/has no value/)
    },
  )

  it.each([
    ['a ${input.id', 2],
    ['${a ${b}', 0],
    ['${}', 2],
    ['x ${a || b}', 6],
  ])('%j is an error at its offset', (template, offset) => {
    expect(() => bindingsIn(template)).toThrow(expect.objectContaining({ code: 'invalid-binding', offset }))
  })
})

it('a header takes no line break', () => {
  expect(() => renderHeader('Bearer ${bad.lines}', lookup)).toThrow(/line break/)
})

describe('a URL with bindings', () => {
  it.each([
    ['http://${input.host}:${input.port}${input.link}', 'http://a.example.com:8080/jobs/7?full=1'],
    ['${input.host}', 'a.example.com'],
    ['https://h${input.link}', 'https://h/jobs/7?full=1'],
    ['https://h/x/${input.id}?a=b', 'https://h/x/7?a=b'],
    ['https://h/x/${bad.query}/y', 'https://h/x/7%3Fadmin=1%23x/y'],
    ['https://h/x?q=${bad.params}', 'https://h/x?q=a%26admin=1'],
    ['https://h/x?${bad.params}', 'https://h/x?a&admin=1'],
  ])('%s is %s', (template, url) => {
    expect(renderUrl(template, lookup)).toBe(url)
  })

  it.each([
    'https://api.example.com${input.evil}',
    'https://api${input.id}',
    'https://u@${bad.query}/',
    'https://h/x/${bad.dots}',
  ])('a value cannot turn %s into another one', (template) => {
    expect(() => renderUrl(template, lookup)).toThrow(expect.objectContaining({ code: 'unresolved-binding' }))
  })
})
