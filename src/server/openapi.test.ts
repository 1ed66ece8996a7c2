import { Validator } from '@seriousme/openapi-schema-validator'
import { describe, expect, it } from 'vitest'
import { openApiDocument } from './openapi.ts'
import { OPERATIONS } from './operations.ts'

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
})
