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

/** The same schema, and null; a reference stays as it is, for what it names takes null itself. */
export function withNull({ type, anyOf, $ref, const: only, ...rest }: JsonSchema): JsonSchema {
  const ref = $ref ?? anyOf?.[0]?.$ref
  if (ref !== undefined) return { ...rest, allOf: [{ $ref: ref }] }
  if (type !== undefined) return { ...rest, type: [...new Set([type, 'null'].flat())] }
  const others = (anyOf ?? [{ const: only }]).filter((schema) => schema.type !== 'null')
  return { ...rest, anyOf: [...others, { type: 'null' }] }
}

/** The words that an editor offers, and whatever else differs in its case alone. */
export function anyCase(words: readonly string[]): JsonSchema {
  return { anyOf: [{ enum: words }, { type: 'string', pattern: anyCasePattern(words) }] }
}

export function anyCasePattern(words: readonly string[]): string {
  return `^(?:${words.map(withoutCase).join('|')})$`
}

/** A pattern that takes any case; escapes such as `\s` stay as they are. */
export function withoutCase(pattern: string): string {
  return pattern.replace(/\\.|\[([a-z]+)\]|([a-z])/gi, (matched, list?: string, letter = list) =>
    letter === undefined ? matched : `[${letter.toUpperCase()}${letter.toLowerCase()}]`,
  )
}

/** The same schema in fewer words: plain alternatives become a list of types. */
export function simple(schema: JsonSchema): JsonSchema {
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
