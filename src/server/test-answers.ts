import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js'
import { openApiDocument } from './openapi.ts'
import { OPERATIONS } from './operations.ts'

export interface Answered {
  readonly method: string
  /** Without the query. */
  readonly path: string
  readonly status: number
  /** The content type. */
  readonly type: string | null
  readonly text: string
}

// biome-ignore lint/suspicious/noExplicitAny: a document, as whoever reads it has it
type Document = any

/**
 * Holds an answer to what the API's document says of it. More than a reader would: a field that the
 * document does not name is an error.
 *
 * @throws Error that says what is not documented.
 */
export function createAnswerCheck(): (answered: Answered) => void {
  const document: Document = closed(openApiDocument(OPERATIONS))
  const ajv = new Ajv2020({ strict: false, validateFormats: false, allErrors: true })
  ajv.addSchema(document, 'api')
  const templates = Object.keys(document.paths).sort((a, b) => a.split('{').length - b.split('{').length)
  const patterns = templates.map(
    (path) => [path, new RegExp(`^${path.replaceAll(/\{\w+\}/g, '[^/]+')}$`)] as const,
  )
  const validators = new Map<string, ValidateFunction>()
  return ({ method, path, status, type, text }) => {
    const template = patterns.find(([, pattern]) => pattern.test(path))?.[0]
    const operation = template && document.paths[template][method.toLowerCase()]
    if (!operation) return
    const what = `${method} ${template} ${status}`
    const found = operation.responses[status]
    if (found === undefined) throw new Error(`${what} is not documented: ${text}`)
    const response = found.$ref ? document.components.responses[status] : found
    const mediaType = type?.split(';')[0] ?? ''
    if (response.content === undefined) {
      if (text !== '') throw new Error(`${what} is documented without a body`)
      return
    }
    if (!(mediaType in response.content)) throw new Error(`${what} is not documented as ${mediaType}`)
    if (!/[/+]json$/.test(mediaType)) return
    const base = found.$ref
      ? `/components/responses/${status}`
      : `/paths/${escaped(template)}/${method.toLowerCase()}/responses/${status}`
    const reference = `api#${base}/content/${escaped(mediaType)}/schema`
    const validate = validators.get(reference) ?? ajv.compile({ $ref: reference })
    validators.set(reference, validate)
    if (!validate(JSON.parse(text)))
      throw new Error(`${what} does not fit: ${ajv.errorsText(validate.errors)}\n${text}`)
  }
}

function escaped(key: string): string {
  return encodeURIComponent(key.replaceAll('~', '~0').replaceAll('/', '~1'))
}

function closed(value: Document): Document {
  if (Array.isArray(value)) return value.map(closed)
  if (value === null || typeof value !== 'object') return value
  const inner = Object.fromEntries(Object.entries(value).map(([key, item]) => [key, closed(item)]))
  const isClosable = value.type === 'object' && value.properties && value.additionalProperties === undefined
  return isClosable ? { ...inner, additionalProperties: false } : inner
}
