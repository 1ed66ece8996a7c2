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
import { anyCase, anyCasePattern, type JsonSchema, simple, withNull, withoutCase } from './json-schema.ts'

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
