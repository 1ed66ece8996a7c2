import { openApiDocument } from './openapi.ts'
import { OPERATIONS } from './operations.ts'

/** As much of a document of OpenAPI as is read here. */
interface Described {
  readonly summary: string
  readonly description: string
  readonly tags: readonly [string]
  readonly parameters: readonly (Named & { readonly in: string })[]
  readonly requestBody?: { readonly description: string; readonly content: Contents }
  readonly responses: Readonly<
    Record<string, { readonly description: string; readonly content?: Contents; readonly $ref?: string }>
  >
}
interface Named {
  readonly name: string
  readonly description?: string
  readonly schema: Shape
}
type Contents = Readonly<Record<string, { readonly schema: Shape }>>
interface Shape {
  readonly type?: string
  readonly description?: string
  readonly $ref?: string
  readonly enum?: readonly unknown[]
  readonly const?: unknown
  readonly anyOf?: readonly Shape[]
  readonly items?: Shape
  readonly properties?: Readonly<Record<string, Shape>>
  readonly required?: readonly string[]
  readonly additionalProperties?: Shape | boolean
  readonly default?: unknown
}
interface Document {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Described>>>>
  readonly components: { readonly schemas: Readonly<Record<string, Shape>> }
}

/** The text of docs/api.md: the API's document, for people. */
export function apiPage(): string {
  const { paths, components } = openApiDocument(OPERATIONS) as unknown as Document
  const operations = Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({ path, method, operation })),
  )
  const tags = [...new Set(operations.map(({ operation }) => operation.tags[0]))]
  return [
    '# The API of `bide serve`',
    '',
    '<!-- Written by `npm run docs` from src/server/operations: change it there. -->',
    '',
    'The same as the OpenAPI 3.1 document at `/openapi.json`, for people. How to start and guard a server:',
    '[server.md](server.md).',
    '',
    ...tags.flatMap((tag) => [
      `## ${tag}`,
      '',
      ...operations.filter(({ operation }) => operation.tags[0] === tag).flatMap(operationSection),
    ]),
    '## Shapes',
    '',
    ...Object.entries(components.schemas).flatMap(([name, shape]) => shapeSection(name, shape)),
  ].join('\n')
}

function operationSection({
  path,
  method,
  operation,
}: {
  path: string
  method: string
  operation: Described
}) {
  const { summary, description, parameters, requestBody, responses } = operation
  const sent = parameters.map(({ name, in: place, ...rest }) => row(`\`${name}\` (${place})`, rest))
  const body = requestBody && bodyRow(requestBody)
  const answered = Object.entries(responses).filter(([, { $ref }]) => $ref === undefined)
  const problems = Object.entries(responses).flatMap(([status, { $ref }]) =>
    $ref === undefined ? [] : [status],
  )
  return [
    `### \`${method.toUpperCase()} ${path}\``,
    '',
    `${summary}. ${description.replaceAll('\n\n', ' ')}`,
    '',
    ...(sent.length > 0 || body ? ['| sent | type | |', '| --- | --- | --- |'] : []),
    ...sent,
    ...(body ? [body] : []),
    ...(sent.length > 0 || body ? [''] : []),
    '| answer | type | |',
    '| --- | --- | --- |',
    ...answered.map(([status, { description: says, content }]) =>
      cells([status, contentType(content), says]),
    ),
    cells([problems.join(', '), '[Problem](#problem)', '']),
    '',
  ]
}

function bodyRow({ description, content }: NonNullable<Described['requestBody']>): string {
  return cells(['the body', contentType(content), description])
}

function contentType(content: Contents | undefined): string {
  if (content === undefined) return ''
  return Object.entries(content)
    .map(([type, { schema }]) => (type === 'application/json' ? typeOf(schema) : `\`${type}\``))
    .join(', ')
}

function row(name: string, { description = '', schema }: Omit<Named, 'name'>): string {
  return cells([name, typeOf(schema), description])
}

function shapeSection(name: string, { properties = {}, required = [] }: Shape): string[] {
  const rows = Object.entries(properties).map(([key, schema]) => {
    const { description = '', default: value } = schema
    const isOptional = value === undefined ? !required.includes(key) : false
    const given =
      value === undefined || typeof value === 'object' ? '' : ` By default ${JSON.stringify(value)}.`
    return row(`\`${key}\`${isOptional ? ' (optional)' : ''}`, {
      description: `${description}${given}`.trim(),
      schema,
    })
  })
  return [`### ${name}`, '', '| field | type | |', '| --- | --- | --- |', ...rows, '']
}

/** A type in a few words: `text or null`, `list of Poll`. */
function typeOf(shape: Shape): string {
  const { $ref, anyOf, type, items, properties, additionalProperties } = shape
  if ($ref !== undefined) return `[${nameOf($ref)}](#${nameOf($ref).toLowerCase()})`
  if (anyOf !== undefined) return [...new Set(anyOf.map(typeOf))].join(' or ')
  if (shape.enum !== undefined) return shape.enum.map((one) => `\`${one}\``).join(', ')
  if (shape.const !== undefined) return `\`${shape.const}\``
  if (type === 'array') return `list of ${typeOf(items ?? {})}`
  if (properties !== undefined)
    return `{${Object.entries(properties)
      .map(([key, inner]) => `${key}: ${typeOf(inner)}`)
      .join('; ')}}`
  if (typeof additionalProperties === 'object') return `map to ${typeOf(additionalProperties)}`
  return TYPE_WORDS[type ?? ''] ?? 'any JSON'
}

const TYPE_WORDS: Readonly<Record<string, string>> = {
  string: 'text',
  integer: 'whole number',
  number: 'number',
  boolean: 'true or false',
  null: 'null',
  object: 'object',
}

function nameOf(reference: string): string {
  return reference.slice(reference.lastIndexOf('/') + 1)
}

function cells(texts: readonly string[]): string {
  return `| ${texts.map((text) => text.replaceAll('|', '\\|')).join(' | ')} |`
}
