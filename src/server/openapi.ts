import { toJsonSchema } from '@valibot/to-json-schema'
import { VERSION } from '../core/version.ts'
import type { Content, Operation, Schema } from './operations.ts'
import { NAMED_SCHEMAS } from './schemas/named.ts'

type Json = Readonly<Record<string, unknown>>

/** What the parameters of the paths are. */
const PATH_PARAMETERS: Readonly<Record<string, string>> = {
  id: 'The id, as it was given when the run began.',
  iteration: 'The number of the attempt, from 1.',
  name: 'The name.',
}

const ABOUT = `Waits on HTTP jobs until they have succeeded, failed or run out of time.

Send JSON as \`application/json\`. What does not fit is answered as \`application/problem+json\` (RFC 9457). Where the
server asks for a token, send it as \`Authorization: Bearer TOKEN\`; each operation names the least role that may ask
(\`viewer\`, \`runner\`, \`editor\`, \`admin\`, each with all that the one before may). Instants are ISO 8601 in UTC.`

/** The API as an OpenAPI 3.1 document. */
export function openApiDocument(operations: readonly Operation[]): Json {
  const paths: Record<string, Record<string, unknown>> = {}
  for (const operation of operations) {
    const path = operation.path.replaceAll(/:(\w+)/g, '{$1}')
    paths[path] ??= {}
    paths[path][operation.method] = described(operation)
  }
  return {
    openapi: '3.1.0',
    info: { title: 'bide', version: VERSION, description: ABOUT, license: LICENSE },
    servers: [{ url: '/' }],
    paths,
    components: {
      schemas: Object.fromEntries(
        Object.entries(NAMED_SCHEMAS).map(([name, schema]) => [name, jsonSchema(schema, name)]),
      ),
      responses: PROBLEM_RESPONSES,
      securitySchemes: { token: { type: 'http', scheme: 'bearer' } },
    },
  }
}

const LICENSE = { name: 'Apache-2.0', identifier: 'Apache-2.0' }

function described(operation: Operation): Json {
  const { method, path, role, summary, body, answers, problems = [] } = operation
  const problemStatuses = [...problems, ...(role === 'anybody' ? [] : [401, 403]), 421, 431, 503]
  return {
    operationId: operationId(method, path),
    tags: [tagOf(path)],
    summary,
    description: descriptionOf(operation),
    security: role === 'anybody' ? [] : [{ token: [] }],
    'x-role': role,
    parameters: parametersOf(operation),
    ...(body && { requestBody: { required: true, description: body.says, content: contentOf(body) } }),
    responses: {
      ...Object.fromEntries(Object.entries(answers).map(([status, answer]) => [status, responseOf(answer)])),
      ...Object.fromEntries(
        problemStatuses.map((status) => [status, { $ref: `#/components/responses/${status}` }]),
      ),
    },
  }
}

function descriptionOf({ role, description }: Operation): string {
  const who = role === 'anybody' ? 'Needs no token.' : `Least role: ${role}.`
  return description === undefined ? who : `${description}\n\n${who}`
}

/** `get /api/v1/polls/:id/attempts` -> `getPollsIdAttempts`. */
function operationId(method: string, path: string): string {
  const words = path.replace('/api/v1', '').match(/\w+/g) ?? []
  return method + words.map((word) => word[0]?.toUpperCase() + word.slice(1)).join('')
}

function tagOf(path: string): string {
  return /^\/api\/v1\/(\w+)/.exec(path)?.[1] ?? 'server'
}

function parametersOf({ path, query = {}, headers = {} }: Operation): Json[] {
  const inPath = [...path.matchAll(/:(\w+)/g)].map(([, name]) => ({
    name,
    in: 'path',
    required: true,
    description: PATH_PARAMETERS[name as string],
    schema: { type: 'string' },
  }))
  return [...inPath, ...parameters('query', query), ...parameters('header', headers)]
}

function parameters(place: string, schemas: Readonly<Record<string, Schema>>): Json[] {
  return Object.entries(schemas).map(([name, schema]) => ({ name, in: place, ...describedSchema(schema) }))
}

function describedSchema(schema: Schema): Json {
  const { description, ...rest } = jsonSchema(schema)
  return { ...(description !== undefined && { description }), schema: rest }
}

function responseOf(answer: Content): Json {
  const headers = Object.entries(answer.headers ?? {}).map(([name, schema]) => [
    name,
    describedSchema(schema),
  ])
  const hasBody = answer.schema !== undefined || answer.type !== undefined
  return {
    description: answer.says,
    ...(headers.length > 0 && { headers: Object.fromEntries(headers) }),
    ...(hasBody && { content: contentOf(answer) }),
  }
}

function contentOf({ type = 'application/json', schema }: Content): Json {
  return { [type]: { schema: schema === undefined ? { type: 'string' } : jsonSchema(schema) } }
}

/** JSON Schema 2020-12; a schema that has a name is referred to, but in its own place. */
export function jsonSchema(schema: Schema, ownName: string | null = null): Json {
  const definitions = Object.fromEntries(Object.entries(NAMED_SCHEMAS).filter(([name]) => name !== ownName))
  const { $schema, $defs, ...rest } = toJsonSchema(schema, {
    target: 'draft-2020-12',
    typeMode: 'input',
    errorMode: 'ignore',
    definitions,
    overrideRef: ({ referenceId }) => `#/components/schemas/${referenceId}`,
    overrideSchema: ({ valibotSchema }) => (isNumeric(valibotSchema) ? { type: 'number' } : null),
    overrideAction: ({ valibotAction, jsonSchema }) => bounded(valibotAction, jsonSchema as Json),
  }) as Json
  return rest
}

/** A number may be spelled as text, as files do; nobody needs to know that here. */
function isNumeric(schema: Schema | { readonly type: string }): boolean {
  const { options = [] } = schema as { readonly options?: readonly { readonly type: string }[] }
  return schema.type === 'union' && options.map(({ type }) => type).join() === 'number,string'
}

/** The one bound that the conversion does not know. */
function bounded(action: { readonly type: string }, schema: Json): Json | null {
  if (action.type !== 'gt_value') return null
  return { ...schema, exclusiveMinimum: (action as unknown as { readonly requirement: number }).requirement }
}

const PROBLEMS: Readonly<Record<number, string>> = {
  400: 'The request cannot be read: no JSON, or a parameter that does not fit.',
  401: 'A token is needed.',
  403: 'The token is of a lesser role, or the request comes from a page of another origin.',
  404: 'There is no such thing.',
  409: 'It is in no state for that.',
  412: 'It is not as `If-Match` or `If-None-Match` asks.',
  413: 'The request is too large.',
  415: 'The request is of another type.',
  421: 'The `Host` is none of the names of this server.',
  422: 'Something does not fit; `errors` says what, field by field.',
  429: 'Too many; try again later.',
  431: 'The request has too many headers, or too long ones.',
  501: 'The engine of this server runs no pipelines.',
  503: 'The server stops, or cannot write to its store.',
  507: 'What is kept has reached the bytes that it may have.',
}

const PROBLEM_RESPONSES = Object.fromEntries(
  Object.entries(PROBLEMS).map(([status, description]) => [
    status,
    {
      description,
      content: { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } },
    },
  ]),
)
