import { charge } from './budget.ts'

/** `@bufbuild/cel` knows its lists and maps by these. */
const LIST = Symbol.for('@bufbuild/cel/list')
const MAP = Symbol.for('@bufbuild/cel/map')

const INT64_MAX = 2n ** 63n - 1n

/** Shows a JSON value to CEL without copying it; only own properties are seen. */
export function view(value: unknown): unknown {
  if (typeof value === 'bigint') return value > INT64_MAX || value < -INT64_MAX ? Number(value) : value
  if (typeof value !== 'object' || value === null) return value
  return Array.isArray(value) ? new JsonList(value) : new JsonMap(value as Record<string, unknown>)
}

/** A JSON object as a CEL map. Listing its keys costs as many steps as it takes. */
class JsonMap {
  readonly #object: Record<string, unknown>
  readonly [MAP] = {}

  constructor(object: Record<string, unknown>) {
    this.#object = object
  }

  get size(): number {
    return this.#keys().length
  }

  get(key: unknown): unknown {
    return this.has(key) ? view(this.#object[key as string]) : undefined
  }

  has(key: unknown): boolean {
    return typeof key === 'string' && Object.hasOwn(this.#object, key)
  }

  keys(): IterableIterator<string> {
    return this.#keys()[Symbol.iterator]()
  }

  *values(): IterableIterator<unknown> {
    for (const key of this.#keys()) yield view(this.#object[key])
  }

  *entries(): IterableIterator<[string, unknown]> {
    for (const key of this.#keys()) yield [key, view(this.#object[key])]
  }

  forEach(visit: (value: unknown, key: string, map: unknown) => void): void {
    for (const [key, value] of this.entries()) visit(value, key, this)
  }

  [Symbol.iterator](): IterableIterator<[string, unknown]> {
    return this.entries()
  }

  #keys(): readonly string[] {
    // Before they are listed, as well: an evaluation that has spent its budget may still be on its way out.
    charge(1)
    const keys = keysOf(this.#object)
    charge(keys.length >> 1)
    return keys
  }
}

/** Listing takes as long as the object is large, and a condition may name it a hundred times. */
export function keysOf(object: object): readonly string[] {
  let keys = listed.get(object)
  if (keys === undefined) {
    keys = Object.keys(object)
    listed.set(object, keys)
  }
  return keys
}

const listed = new WeakMap<object, readonly string[]>()

/** A JSON array as a CEL list. */
class JsonList {
  readonly #items: readonly unknown[]
  #whole: object | null = null
  readonly [LIST] = {}

  constructor(items: readonly unknown[]) {
    this.#items = items
  }

  get size(): number {
    return this.#items.length
  }

  get(index: unknown): unknown {
    const i = Number(index)
    return Number.isInteger(i) && i >= 0 && i < this.#items.length ? view(this.#items[i]) : undefined
  }

  *values(): IterableIterator<unknown> {
    for (const item of this.#items) yield view(item)
  }

  [Symbol.iterator](): IterableIterator<unknown> {
    return this.values()
  }

  /** The same for who goes over all of it: viewed once, since loops inside of loops do so again and again. */
  whole(): object {
    this.#whole ??= wholeList(this.#items.map(view))
    return this.#whole
  }
}

/** A list of CEL values that is gone over as quickly as the array it is made of. */
export function wholeList(values: readonly unknown[]): object {
  const all = () => values[Symbol.iterator]()
  return {
    [LIST]: {},
    size: values.length,
    get: (index: unknown) => values[Number(index)],
    values: all,
    [Symbol.iterator]: all,
  }
}

/** A list to go over from end to end, in place of one that is gone through step by step. */
export function rangeOf<T extends object>(list: T): T {
  return list instanceof JsonList ? (list.whole() as T) : list
}
