import type { ApiRequest } from '../operations.ts'

let text: string | null = null

/** `GET /openapi.json`: made once, from the table of operations; what makes it is loaded only then. */
export async function openapiJson({ context, operations }: ApiRequest): Promise<Response> {
  if (text === null) {
    const { openApiDocument } = await import('../openapi.ts')
    text = JSON.stringify(openApiDocument(operations))
  }
  return context.body(text, 200, { 'content-type': 'application/json', 'cache-control': 'no-cache' })
}
