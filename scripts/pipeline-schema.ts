import { toJsonSchemaDefs } from '@valibot/to-json-schema'
import { KEY_MEANINGS, type Meaning } from '../src/pipeline/key-meanings.ts'
import {
  conditionInputSchema,
  notificationsSchema,
  pipelineInputSchema,
  pipelineSchema,
  pollInputSchema,
  restInputSchema,
  rollbackSchema,
  stageSchema,
  taskSchema,
  webhookSchema,
} from '../src/pipeline/schema.ts'

/** As much of JSON Schema draft-07 as is written here: the draft that editors know best. */
export interface JsonSchema {
  [keyword: string]: unknown
  type?: string | string[]
  anyOf?: JsonSchema[]
  properties?: Record<string, JsonSchema>
  required?: string[]
  description?: string
  $ref?: unknown
  const?: unknown
  default?: unknown
}

type MapName = keyof typeof KEY_MEANINGS

const MAPS = {
  pipeline: pipelineSchema,
  inputMeta: pipelineSchema.entries._inputMeta.wrapped.value,
  stage: stageSchema,
  task: taskSchema,
  pollInput: pollInputSchema,
  exitCriteria: pollInputSchema.entries.exitCriteria.wrapped,
  backoff: pollInputSchema.entries.backoff.wrapped.wrapped,
  restInput: restInputSchema,
  retry: restInputSchema.entries.retry.wrapped.wrapped,
  conditionInput: conditionInputSchema,
  pipelineInput: pipelineInputSchema,
  rollback: rollbackSchema,
  notifications: notificationsSchema,
  webhook: webhookSchema,
} as const

/** Stand at keys that may be without a value. */
const MAY_BE_EMPTY: ReadonlySet<MapName> = new Set(['exitCriteria', 'backoff', 'retry', 'notifications'])

/** Each type as files spell it, and the definition of its input. */
const TYPES = {
  POLL: 'pollInput',
  REST: 'restInput',
  Condition: 'conditionInput',
  Pipeline: 'pipelineInput',
} as const satisfies Record<string, MapName>

/** The file format as JSON Schema, from the schema that `bide` itself reads files with. */
export function pipelineJsonSchema(): JsonSchema {
  const converted = toJsonSchemaDefs(MAPS, {
    typeMode: 'input',
    errorMode: 'ignore',
    overrideRef: ({ referenceId }) => `#/definitions/${referenceId}`,
    overrideSchema: ({ valibotSchema, jsonSchema }) =>
      anyCasePicklist(valibotSchema as Wrapping, jsonSchema as JsonSchema) as never,
    overrideAction: ({ valibotAction, jsonSchema }) =>
      constrained(valibotAction as Action, jsonSchema as JsonSchema) as never,
  }) as unknown as Record<MapName, JsonSchema>
  const maps = Object.fromEntries(
    Object.entries(converted).map(([name, map]) => [name, described(name as MapName, simple(map))]),
  ) as Record<MapName, JsonSchema>
  const { pipeline, task, webhook, ...others } = maps
  return {
    $schema: 'http://json-schema.org/draft-07/schema#',
    title: 'A pipeline that bide runs',
    description: "Code Stream's own format. See docs/pipeline-format.md.",
    ...pipeline,
    definitions: { ...others, webhook: withEvents(webhook), task: chosenByType(task) },
  }
}

function described(name: MapName, { properties = {}, required = [], ...map }: JsonSchema): JsonSchema {
  const isStrict = map.additionalProperties === false
  const keys = Object.entries(properties).map(([key, schema]) => {
    const meaning = (KEY_MEANINGS[name] as Readonly<Record<string, Meaning>>)[key] as Meaning
    const isOptional = !required.includes(key)
    const typed = isOptional ? orEmpty(schema) : { ...schema, ...lengthOf(name, key) }
    return [key, { description: descriptionOf(meaning), ...typed }]
  })
  return {
    ...map,
    ...(MAY_BE_EMPTY.has(name) && { type: ['object', 'null'] }),
    properties: Object.fromEntries(keys),
    ...(required.length > 0 && { required }),
    ...(!isStrict && { patternProperties: { '^_': {} } }),
    additionalProperties: false,
  }
}

/** It stands behind what turns a number into text, where conversion stops. */
function lengthOf(name: MapName, key: string): JsonSchema {
  const entries = MAPS[name].entries as Readonly<Record<string, { pipe?: readonly { type: string }[] }>>
  return entries[key]?.pipe?.some(({ type }) => type === 'non_empty') ? { minLength: 1 } : {}
}

function descriptionOf(meaning: Meaning): string {
  return typeof meaning === 'string' ? meaning : `${meaning.ours} Not in Code Stream.`
}

/** A key without a value is as good as none, and so is one of a map of texts. */
function orEmpty({ default: value, additionalProperties: texts, ...schema }: JsonSchema): JsonSchema {
  const hasDefault = value !== undefined && value !== null && value !== '' && typeof value !== 'object'
  return {
    ...simple(Object.keys(schema).length === 0 ? {} : withNull(schema)),
    ...(texts !== undefined && { additionalProperties: isPlain(texts) ? withNull(texts) : texts }),
    ...(hasDefault && { default: value }),
  }
}

function isPlain(schema: unknown): schema is JsonSchema {
  return Array.isArray((schema as JsonSchema).type)
}

function withNull({ type, anyOf, $ref, const: only, ...rest }: JsonSchema): JsonSchema {
  const ref = $ref ?? anyOf?.[0]?.$ref
  if (ref !== undefined) return { ...rest, allOf: [{ $ref: ref }] }
  if (type !== undefined) return { ...rest, type: [...new Set([type, 'null'].flat())] }
  const others = (anyOf ?? [{ const: only }]).filter((schema) => schema.type !== 'null')
  return { ...rest, anyOf: [...others, { type: 'null' }] }
}

function chosenByType(task: JsonSchema): JsonSchema {
  const names = Object.keys(TYPES)
  const { description = '' } = task.properties?.type ?? {}
  const type = { description, ...anyCase(names) }
  const allOf = Object.entries(TYPES).map(([name, input]) => ({
    if: { properties: { type: { pattern: anyCasePattern([name]) } }, required: ['type'] },
    // biome-ignore lint/suspicious/noThenProperty: a keyword of JSON Schema
    then: { properties: { input: { $ref: `#/definitions/${input}` } }, required: ['input'] },
  }))
  return { ...task, properties: { ...task.properties, type }, allOf }
}

const EVENTS = ['SUCCESS', 'FAILURE', 'WAITING', 'STARTED', 'CANCELED']

/** The words of the original for an editor to offer, beside the others that are taken. */
function withEvents(webhook: JsonSchema): JsonSchema {
  const { description = '', ...pattern } = webhook.properties?.event ?? {}
  const event = { description, anyOf: [{ enum: EVENTS }, pattern] }
  return { ...webhook, properties: { ...webhook.properties, event } }
}

interface Action {
  readonly type: string
  readonly requirement?: unknown
}

/** Numbers may be spelled as text, so their bounds must not say what type they are of. */
function constrained({ type, requirement }: Action, { type: _, ...schema }: JsonSchema): JsonSchema | null {
  if (type === 'integer') return { ...schema, multipleOf: 1 }
  if (type === 'min_value') return { ...schema, minimum: requirement }
  if (type === 'max_value') return { ...schema, maximum: requirement }
  if (type === 'gt_value') return { ...schema, exclusiveMinimum: requirement }
  if (type !== 'regex' || !(requirement instanceof RegExp) || !requirement.ignoreCase) return null
  return { ...schema, type: 'string', pattern: withoutCase(requirement.source) }
}

interface Wrapping {
  readonly wrapped?: {
    readonly pipe?: readonly { readonly type: string; readonly options?: readonly string[] }[]
  }
}

/** One of some words in any case: they stand behind what turns the text into upper case, where conversion stops. */
function anyCasePicklist({ wrapped }: Wrapping, schema: JsonSchema): JsonSchema | null {
  const words = wrapped?.pipe?.find(({ type }) => type === 'picklist')?.options
  return words
    ? { default: String(schema.default).toLowerCase(), ...anyCase(words.map((word) => word.toLowerCase())) }
    : null
}

/** The words that an editor offers, and whatever else differs in its case alone. */
function anyCase(words: readonly string[]): JsonSchema {
  return { anyOf: [{ enum: words }, { type: 'string', pattern: anyCasePattern(words) }] }
}

function anyCasePattern(words: readonly string[]): string {
  return `^(?:${words.map(withoutCase).join('|')})$`
}

function withoutCase(pattern: string): string {
  return pattern.replace(/\[([a-z]+)\]|[a-z]/gi, (matched, inside: string = matched) => {
    return `[${inside.toUpperCase()}${inside.toLowerCase()}]`
  })
}

/** The same schema in fewer words: plain alternatives become a list of types. */
function simple(schema: JsonSchema): JsonSchema {
  const { anyOf, propertyNames, ...rest } = mapSchemas(schema, simple)
  const names = propertyNames as JsonSchema | undefined
  const kept: JsonSchema = names?.pattern === undefined ? rest : { ...rest, propertyNames: names }
  if (Array.isArray(kept.required) && kept.required.length === 0) delete kept.required
  if (!anyOf) return kept
  const areTypes = anyOf.every((one) => Object.keys(one).join() === 'type')
  if (areTypes) return { type: [...new Set(anyOf.flatMap(({ type }) => type as string))], ...kept }
  const [first = {}, ...others] = anyOf
  const { anyOf: inner, ...bounds } = first
  return inner ? { ...simple({ anyOf: [...inner, ...others] }), ...bounds, ...kept } : { anyOf, ...kept }
}

function mapSchemas(schema: JsonSchema, change: (schema: JsonSchema) => JsonSchema): JsonSchema {
  const mapped = Object.entries(schema).map(([keyword, value]) => {
    if (keyword === 'anyOf') return [keyword, (value as JsonSchema[]).map(change)]
    if (keyword === 'properties') {
      const entries = Object.entries(value as Record<string, JsonSchema>)
      return [keyword, Object.fromEntries(entries.map(([key, inner]) => [key, change(inner)]))]
    }
    const isSchema = keyword === 'items' || keyword === 'additionalProperties' || keyword === 'propertyNames'
    return [keyword, isSchema && typeof value === 'object' ? change(value as JsonSchema) : value]
  })
  return Object.fromEntries(mapped)
}
