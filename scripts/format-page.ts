import { KEY_MEANINGS, type Meaning } from '../src/pipeline/key-meanings.ts'
import type { JsonSchema } from './json-schema.ts'
import { pipelineJsonSchema } from './pipeline-schema.ts'

const REGION = /(<!-- keys of (\w+):[^>]*-->\n).*?(<!-- end of keys -->)/gs

/** docs/pipeline-format.md with its tables of keys written anew from the schema. */
export function withKeyTables(page: string): string {
  const { definitions, ...pipeline } = pipelineJsonSchema()
  const maps = { ...(definitions as Record<string, JsonSchema>), pipeline } as Record<string, JsonSchema>
  return page.replace(REGION, (_, start: string, name: string, end: string) => {
    return `${start}\n${tableOf(name as keyof typeof KEY_MEANINGS, maps[name] as JsonSchema)}\n${end}`
  })
}

function tableOf(name: keyof typeof KEY_MEANINGS, { properties = {}, required = [] }: JsonSchema): string {
  const meanings: Readonly<Record<string, Meaning>> = KEY_MEANINGS[name]
  const isKept = (key: string) => meanings[key] === KEY_MEANINGS.task.endpoints
  const used = Object.entries(properties).filter(([key]) => !isKept(key))
  const rows = used.map(([key, schema]) => {
    const meaning = meanings[key] as Meaning
    const fallback = required.includes(key) ? 'required' : defaultOf(schema)
    const mark = typeof meaning === 'string' ? '' : ' *(ours)*'
    const text = typeof meaning === 'string' ? meaning : meaning.ours
    return `| ${[`\`${key}\`${mark}`, typeOf(key, schema), fallback, text].map(cell).join(' | ')} |`
  })
  const kept = Object.keys(properties).filter(isKept)
  const note =
    kept.length === 0 ? [] : ['', `Known, and not used: ${kept.map((key) => `\`${key}\``).join(', ')}.`]
  return ['| key | type | default | |', '| --- | --- | --- | --- |', ...rows, ...note, ''].join('\n')
}

function cell(text: string): string {
  return text.replaceAll('|', '\\|')
}

function defaultOf(schema: JsonSchema): string {
  return schema.default === undefined ? '' : `\`${schema.default}\``
}

const CONDITIONS: ReadonlySet<string> = new Set([
  'condition',
  'preCondition',
  'success',
  'failure',
  'pending',
])

const WORDS: Readonly<Record<string, string>> = {
  object: 'map',
  array: 'list',
  string: 'text',
  boolean: 'true/false',
}

function typeOf(key: string, schema: JsonSchema): string {
  if (CONDITIONS.has(key)) return 'condition'
  const words = wordsOf(schema).filter((word) => word !== 'null')
  if (schema.multipleOf === 1) return 'whole number'
  // a number may be spelled as text, and a text as a number
  if (words.includes('text') && words.includes('number') && schema.type) return 'text'
  return [...new Set(words)].filter((word) => word !== 'text' || words.length === 1).join(', ')
}

function wordsOf({ type, anyOf, allOf, enum: values, const: only }: JsonSchema): string[] {
  if (allOf) return ['map']
  if (only !== undefined) return [`\`${only}\``]
  if (anyOf) return anyOf.flatMap(wordsOf)
  if (Array.isArray(values)) return values.includes('true') ? ['true/false'] : ['word']
  return [type ?? []].flat().map((name) => WORDS[name] ?? name)
}
