import {
  type Alias,
  type Document,
  isAlias,
  isMap,
  isNode,
  isScalar,
  isSeq,
  type Node,
  type Pair,
  type YAMLMap,
} from 'yaml'
import type { PathStep } from '../binding/path.ts'
import { scalarPlace } from './scalar-place.ts'
import type { Finding, Spot } from './source-file.ts'

/** A document, what its aliases stand for, and the whole text that it stands in. */
export interface Source {
  readonly doc: Document
  readonly targets: ReadonlyMap<Alias, Node>
  readonly text: string
}

/** The offset in a text of what a finding is about: of the deepest part of its path that is there. */
export function placeOf({ doc, targets, text }: Source, { path, spot }: Finding): number {
  let node: unknown = doc.contents
  let place = doc.contents?.range?.[0] ?? 0
  for (const [i, step] of path.entries()) {
    const isLast = i === path.length - 1
    const { key, value } = childOf(targets, node, step)
    const found = isLast && spot.kind === 'key' && isNode(key) ? key : isNode(value) ? value : key
    if (!isNode(found) || !found.range) return place
    place = insideOf(found, found.range, { spot: isLast ? spot : VALUE, text })
    node = value
  }
  return place
}

const VALUE: Spot = { kind: 'value' }

interface Child {
  readonly key: unknown
  readonly value: unknown
}

function childOf(targets: Source['targets'], from: unknown, step: PathStep): Child {
  const node = isAlias(from) ? targets.get(from) : from
  if (isSeq(node)) return { key: null, value: node.items[Number(step)] }
  const pair = isMap(node) ? pairsOf(node).get(String(step)) : undefined
  return { key: pair?.key, value: pair?.value }
}

const indexes = new WeakMap<YAMLMap, ReadonlyMap<string, Pair>>()

/** The pairs of a map by name, looked up often where a file has many problems. */
function pairsOf(map: YAMLMap): ReadonlyMap<string, Pair> {
  const known = indexes.get(map)
  if (known) return known
  const index = new Map(
    map.items.map((pair) => [String(isScalar(pair.key) ? pair.key.value : pair.key), pair]),
  )
  indexes.set(map, index)
  return index
}

/** The offset in the file of an offset in a text; the beginning of the text where that cannot be told. */
function insideOf(
  node: Node,
  [from, to]: readonly number[],
  { spot, text }: { spot: Spot; text: string },
): number {
  const start = from as number
  if (spot.kind !== 'offset' || !isScalar<string>(node) || typeof node.value !== 'string') return start
  return start + (scalarPlace(text.slice(start, to), node, spot.offset) ?? 0)
}
