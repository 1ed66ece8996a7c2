import type { PathStep } from '../binding/path.ts'
import { didYouMean } from '../core/did-you-mean.ts'
import type { Finding } from './source-file.ts'

/** What is read of a valibot schema to walk over data beside it. */
interface SchemaNode {
  readonly type: string
  readonly wrapped?: SchemaNode
  readonly item?: SchemaNode
  readonly value?: SchemaNode
  readonly entries?: Readonly<Record<string, SchemaNode>>
}

/**
 * What the schema itself lets pass, level by level: keys that it does not name, lists where maps belong, and names
 * that no map may have.
 */
export function misfits(schema: unknown, data: unknown, path: readonly PathStep[]): Finding[] {
  return walk(unwrapped(schema as SchemaNode), data, path)
}

function walk(schema: SchemaNode, data: unknown, path: readonly PathStep[]): Finding[] {
  if (schema.type === 'array' && schema.item && Array.isArray(data)) {
    const item = unwrapped(schema.item)
    return data.flatMap((value, i) => walk(item, value, [...path, i]))
  }
  const isMap = schema.type === 'record' || schema.entries !== undefined
  if (!isMap || data === null || typeof data !== 'object') return []
  if (Array.isArray(data)) return [listForMap(path)]
  if (schema.type === 'record') return inRecord(unwrapped(schema.value as SchemaNode), data, path)
  return inObject(schema, data, path)
}

function unwrapped(schema: SchemaNode): SchemaNode {
  return schema.wrapped ? unwrapped(schema.wrapped) : schema
}

function inRecord(value: SchemaNode, data: object, path: readonly PathStep[]): Finding[] {
  return Object.entries(data).flatMap(([name, inner]) =>
    RESERVED.has(name) ? [reservedName([...path, name])] : walk(value, inner, [...path, name]),
  )
}

/** Keys that begin with `_` belong to the original's own bookkeeping. */
function inObject({ type, entries = {} }: SchemaNode, data: object, path: readonly PathStep[]): Finding[] {
  return Object.entries(data).flatMap(([key, inner]) => {
    const known = Object.hasOwn(entries, key) ? entries[key] : undefined
    if (known) return walk(unwrapped(known), inner, [...path, key])
    if (key.startsWith('_') && type !== 'strict_object') return []
    return [unknownKey(key, { names: Object.keys(entries), isStrict: type === 'strict_object', path })]
  })
}

interface Level {
  readonly names: readonly string[]
  readonly isStrict: boolean
  readonly path: readonly PathStep[]
}

function unknownKey(key: string, { names, isStrict, path }: Level): Finding {
  const usable = names.filter((name) => !name.startsWith('_'))
  const meant = MEANT[key.toLowerCase()]?.find((name) => usable.includes(name))
  const list = usable.length <= MOST_LISTED ? `there are: ${usable.join(', ')}` : null
  return {
    severity: isStrict ? 'error' : 'warning',
    rule: 'unknown-key',
    message: `${key} is no key that is known here; it is not used`,
    hint: meant === undefined ? (didYouMean(key, usable) ?? list) : `did you mean ${meant}?`,
    path: [...path, key],
    spot: { kind: 'key' },
  }
}

const MOST_LISTED = 10

/** What other formats call it. */
const MEANT: Readonly<Record<string, readonly string[]>> = {
  body: ['payload'],
  data: ['payload'],
  method: ['action'],
  inputs: ['inputProperties', 'input'],
  interval: ['pollIntervalSeconds', 'intervalSeconds'],
  count: ['pollCount'],
  timeout: ['timeoutSeconds', 'requestTimeoutSeconds'],
  if: ['preCondition'],
  when: ['preCondition'],
  continueonfailure: ['ignoreFailure'],
}

/** Every object of JavaScript answers to these. */
const RESERVED = new Set(['__proto__', 'prototype', 'constructor'])

function reservedName(path: readonly PathStep[]): Finding {
  const message = `'${path.at(-1)}' cannot be used as a name`
  return { severity: 'error', rule: 'name', message, hint: null, path, spot: { kind: 'key' } }
}

function listForMap(path: readonly PathStep[]): Finding {
  const message = `${path.at(-1) ?? 'the document'}: expected a map, found a list`
  return { severity: 'error', rule: 'wrong-type', message, hint: null, path, spot: { kind: 'value' } }
}
