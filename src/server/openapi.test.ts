import { readFileSync } from 'node:fs'
import { Validator } from '@seriousme/openapi-schema-validator'
import { describe, expect, it } from 'vitest'
import { apiPage } from './api-page.ts'
import { openApiDocument } from './openapi.ts'
import { OPERATIONS } from './operations.ts'
import { createAnswerCheck } from './test-answers.ts'

// biome-ignore lint/suspicious/noExplicitAny: a document, as whoever reads it has it
const document = JSON.parse(JSON.stringify(openApiDocument(OPERATIONS))) as any

describe('the document of the API', () => {
  it('is OpenAPI 3.1, and all that it refers to is in it', async () => {
    const validator = new Validator()
    const result = await validator.validate(document)
    expect([result.errors ?? [], validator.version]).toEqual([[], '3.1'])
    const references = [...JSON.stringify(document).matchAll(/"\$ref":"#\/([^"]*)"/g)]
    expect(references.length).toBeGreaterThan(20)
    for (const [, path] of references) {
      const target = path!.split('/').reduce((part, key) => part?.[key], document)
      expect(target, path).toBeTypeOf('object')
    }
  })

  it('names each operation once, with what it answers and who may ask', () => {
    const ids = OPERATIONS.map(({ method, path }) => {
      const operation = document.paths[path.replaceAll(/:(\w+)/g, '{$1}')][method]
      expect(
        operation.parameters.every((one: { description?: string }) => one.description),
        path,
      ).toBe(true)
      expect(operation.summary.endsWith('.'), path).toBe(false)
      return operation.operationId
    })
    expect(new Set(ids).size).toBe(OPERATIONS.length)
  })

  it.each([
    ['a status', { status: 418 }, 'is not documented'],
    ['a field', { text: '{"name":"a","role":"admin","age":7}' }, 'must NOT have additional properties'],
    ['a value', { text: '{"name":"a","role":"king"}' }, 'must be equal to one of'],
    ['a type', { type: 'text/html' }, 'is not documented as text/html'],
  ])('is held to: %s that it does not name is an error', (_, changed, error) => {
    const fits = { method: 'GET', path: '/api/v1/me', status: 200, type: 'application/json' } as const
    const text = '{"name":"a","role":"admin"}'
    const check = createAnswerCheck()
    check({ ...fits, text })
    expect(() => check({ ...fits, text, ...changed })).toThrow(error)
  })

  it('is what docs/api.md says', () => {
    const page = readFileSync(new URL('../../docs/api.md', import.meta.url), 'utf8')
    expect(page, 'run: npm run docs').toBe(apiPage())
  })
})
