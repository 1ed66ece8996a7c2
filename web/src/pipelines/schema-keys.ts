import schema from '../../../schemas/pipeline.schema.json' with { type: 'json' }

interface Node {
  readonly $ref?: string
  readonly description?: string
  readonly default?: unknown
  readonly type?: string | readonly string[]
  readonly enum?: readonly unknown[]
  readonly const?: unknown
  readonly properties?: Readonly<Record<string, Node>>
  readonly additionalProperties?: Node | boolean
  readonly items?: Node
  readonly anyOf?: readonly Node[]
  readonly allOf?: readonly Node[]
}

/** One thing that may stand at a place of the file. */
export interface Offer {
  readonly text: string
  readonly detail: string
  readonly info: string | null
  /** Holds a map or a list, so that what comes next is a line below. */
  readonly isOpen: boolean
}

const INPUTS: Readonly<Record<string, string>> = {
  POLL: 'pollInput',
  REST: 'restInput',
  CONDITION: 'conditionInput',
  PIPELINE: 'pipelineInput',
}
const definitions = schema.definitions as unknown as Readonly<Record<string, Node>>

/** The keys of the format at a path; `taskType` says what the `input` of a task holds. */
export function keysAt(path: readonly string[], taskType: string | null): Offer[] {
  const properties = nodesAt(path, taskType).flatMap(({ properties = {} }) => Object.entries(properties))
  return properties
    .filter(([, node]) => node.description !== 'Kept, and not used here.')
    .map(([text, node]) => ({
      text,
      detail: node.default === undefined || node.default === null ? '' : `${JSON.stringify(node.default)}`,
      info: node.description ?? null,
      isOpen: resolved(node).some(
        ({ properties, items, additionalProperties }) =>
          properties !== undefined || items !== undefined || typeof additionalProperties === 'object',
      ),
    }))
}

/** The values that a key at a path may have, where there are but a few. */
export function valuesAt(path: readonly string[], taskType: string | null): Offer[] {
  const values = nodesAt(path, taskType).flatMap(valuesOf)
  return [...new Set(values)].map((text) => ({ text, detail: '', info: null, isOpen: false }))
}

function nodesAt(path: readonly string[], taskType: string | null): Node[] {
  let nodes = resolved(schema as unknown as Node)
  for (const [at, key] of path.entries()) {
    const isInput = key === 'input' && at === 4 && path[2] === 'tasks'
    const input = isInput && taskType !== null ? definitions[INPUTS[taskType.toUpperCase()] ?? ''] : undefined
    nodes = input === undefined ? nodes.flatMap((node) => inside(node, key)) : resolved(input)
  }
  return nodes
}

function inside({ properties, additionalProperties, items }: Node, key: string): Node[] {
  if (key === '[]') return items === undefined ? [] : resolved(items)
  const own = properties !== undefined && Object.hasOwn(properties, key) ? properties[key] : undefined
  if (own !== undefined) return resolved(own)
  return typeof additionalProperties === 'object' ? resolved(additionalProperties) : []
}

/** A node and all that it refers to. */
function resolved(node: Node): Node[] {
  const target = node.$ref === undefined ? undefined : definitions[node.$ref.replace('#/definitions/', '')]
  return [
    node,
    ...(target ? resolved(target) : []),
    ...(node.allOf ?? []).flatMap(resolved),
    ...(node.anyOf ?? []).flatMap(resolved),
  ]
}

function valuesOf({ enum: listed = [], const: only, type }: Node): string[] {
  const isFlag = type === 'boolean'
  return [...listed, ...(only === undefined ? [] : [only]), ...(isFlag ? [true, false] : [])].map(String)
}
