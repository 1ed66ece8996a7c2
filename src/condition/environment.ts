import {
  type CelEnv,
  type CelFunc,
  type CelList,
  type CelMap,
  CelScalar,
  type CelValue,
  celEnv,
  celFunc,
  celList,
  celMethod,
  isCelList,
  isCelMap,
  listType,
  mapType,
} from '@bufbuild/cel'
import { strings } from '@bufbuild/cel/ext'
import { RE2JS } from '@bufbuild/re2'
import { charge } from './budget.ts'
import { chargeForEquality, plainlyEqual, plainShortcuts, withShortcuts } from './shortcuts.ts'
import { rangeOf, wholeList } from './views.ts'

const { BOOL, DOUBLE, INT, STRING, DYN } = CelScalar
const LIST = listType(DYN)
const MAP = mapType(DYN, DYN)

/** A regular expression of a condition is at most this long. */
export const LONGEST_PATTERN = 512
const LONGEST_TEXT = 1 << 20
const DEEPEST_VALUE = 200

const TEXT_FUNCTIONS = new Set(
  'lowerAscii upperAscii trim indexOf lastIndexOf substring charAt split'.split(' '),
)

/**
 * Compiles a regular expression; RE2, so its time is linear in the text.
 * @throws where the pattern is invalid or too long.
 */
export function compilePattern(pattern: string): RE2JS {
  if (pattern.length > LONGEST_PATTERN) throw new Error(`longer than ${LONGEST_PATTERN} characters`)
  const known = patterns.get(pattern)
  if (known) return known
  if (patterns.size > 1000) patterns.clear()
  const compiled = RE2JS.compile(pattern)
  patterns.set(pattern, compiled)
  return compiled
}

const patterns = new Map<string, RE2JS>()

/** A turn of a loop takes about as long as this many simple steps. */
const TURN = 7

/** Calls that the analysis puts into a comprehension. */
export const TICK = '@bide_tick'
export const RANGE = '@bide_range'
export const NEW_LIST = '@bide_list'
export const APPEND = '@bide_append'

/** The library's own lists are copied with every element that is added; these grow in place. */
const growing = new WeakMap<CelList, CelValue[]>()

/** A comprehension's own calls; each has one overload, and is answered by its shortcut. */
const comprehension = {
  [TICK]: ([goesOn]: readonly CelValue[]) => {
    charge(TURN)
    return goesOn
  },
  // The library copies what a loop goes over before its first turn, and a map charges for its keys by itself.
  [RANGE]: ([range]: readonly CelValue[]) => {
    if (!isCelList(range)) return range
    charge(1 + (range.size >> 1))
    const made = growing.get(range)
    return made ? (wholeList(made) as CelList) : rangeOf(range)
  },
  [NEW_LIST]: () => {
    const items: CelValue[] = []
    const list = celList(items)
    growing.set(list, items)
    return list
  },
  [APPEND]: ([list, item]: readonly CelValue[]) => {
    growing.get(list as CelList)?.push(item as CelValue)
    return list
  },
}

/** The library finds a call by its function; it calls none of these. */
const announced = [
  celFunc(TICK, [DYN], DYN, (goesOn) => goesOn),
  celFunc(RANGE, [DYN], DYN, (range) => range),
  celFunc(NEW_LIST, [], LIST, () => []),
  celFunc(APPEND, [LIST, DYN], LIST, (list) => list),
]

const operators: Readonly<Record<string, (a: number, b: number) => number>> = {
  '_+_': (a, b) => a + b,
  '_-_': (a, b) => a - b,
  '_*_': (a, b) => a * b,
  '_/_': (a, b) => a / b,
  '_%_': (a, b) => a % b,
}

/** JSON numbers are doubles and literals are ints, so the two must mix freely. */
const arithmetic = Object.entries(operators).flatMap(([name, apply]) => [
  celFunc(name, [DOUBLE, INT], DOUBLE, (a, b) => apply(a, Number(b))),
  celFunc(name, [INT, DOUBLE], DOUBLE, (a, b) => apply(Number(a), b)),
  ...(name === '_%_' ? [celFunc(name, [DOUBLE, DOUBLE], DOUBLE, apply)] : []),
])

const text = [
  ...[...strings].filter((f) => TEXT_FUNCTIONS.has(f.name)).map(charged),
  celMethod('matches', STRING, [STRING], BOOL, function (pattern) {
    return matches(this, pattern)
  }),
  celFunc('matches', [STRING, STRING], BOOL, matches),
  celFunc('size', [STRING], INT, codePoints),
  celMethod('size', STRING, [], INT, function () {
    return codePoints(this)
  }),
  celMethod('contains', STRING, [STRING], BOOL, function (part) {
    charge(1 + (this.length >> 5))
    return this.includes(part)
  }),
  celFunc('_+_', [STRING, STRING], STRING, (a, b) => {
    if (a.length + b.length > LONGEST_TEXT) throw new Error('a text becomes too long')
    charge(1 + ((a.length + b.length) >> 6))
    return a + b
  }),
]

const base = celEnv({})
const PLAIN_TEXT_FUNCTIONS = new Set(['startsWith', 'endsWith', '_<_', '_<=_', '_>_', '_>=_'])
/** Those of texts only: an operator has a dozen others, which are all tried for a pair of numbers. */
const comparisons = [...base.funcs]
  .filter((f) => PLAIN_TEXT_FUNCTIONS.has(f.name) && [f.target, ...f.arguments].includes(STRING))
  .map(charged)
const baseEquals = base.funcs.find('_==_')

const equality = [
  celFunc('_==_', [DYN, DYN], BOOL, (a, b) => equals(a, b, 0)),
  celFunc('_!=_', [DYN, DYN], BOOL, (a, b) => !equals(a, b, 0)),
  celFunc('@in', [DYN, LIST], BOOL, (value, list) => {
    for (const item of list) if (equals(item, value, 0)) return true
    return false
  }),
  celFunc('size', [MAP], INT, (map) => BigInt(map.size)),
  celMethod('size', MAP, [], INT, function () {
    return BigInt(this.size)
  }),
]

/** CEL as conditions know it: everything that can grow is charged to the budget. */
export const environment: CelEnv = withShortcuts(
  celEnv({ funcs: [...announced, ...arithmetic, ...text, ...comparisons, ...equality] }),
  { ...plainShortcuts, ...comprehension },
)

/** The functions that a condition may call by name. */
export const functionNames: ReadonlySet<string> = new Set(
  [...environment.funcs].map((f) => f.name).filter((name) => /^[a-z]/i.test(name)),
)

/** A text function, charged for the text that it reads. */
function charged(func: CelFunc): CelFunc {
  const call: CelFunc['call'] = (id, target, args) => {
    for (const text of [target, ...args]) if (typeof text === 'string') charge(1 + (text.length >> 4))
    return func.call(id, target, args)
  }
  return Object.assign(Object.create(func) as CelFunc, { call })
}

function matches(value: string, pattern: string): boolean {
  charge(1 + (value.length >> 1))
  return compilePattern(pattern).test(value)
}

function codePoints(value: string): bigint {
  charge(1 + (value.length >> 6))
  let pairs = 0
  for (let i = 0; i < value.length - 1; i++) {
    const isPair = (value.charCodeAt(i) & 0xfc00) === 0xd800 && (value.charCodeAt(i + 1) & 0xfc00) === 0xdc00
    if (isPair) pairs++
  }
  return BigInt(value.length - pairs)
}

/** CEL's equality, charged for what it visits and bounded in depth. */
function equals(a: CelValue, b: CelValue, depth: number): boolean {
  chargeForEquality(a, b)
  if (depth > DEEPEST_VALUE) throw new Error('values are nested too deeply to compare')
  const plain = plainlyEqual(a, b)
  if (plain !== undefined) return plain
  if (isCelList(a)) return isCelList(b) && listEquals(a, b, depth)
  if (isCelMap(a)) return isCelMap(b) && mapEquals(a, b, depth)
  return baseEquals?.call(0, undefined, [a, b]) === true
}

function listEquals(a: CelList, b: CelList, depth: number): boolean {
  if (a.size !== b.size) return false
  const others = b[Symbol.iterator]()
  for (const item of a) if (!equals(item, others.next().value as CelValue, depth + 1)) return false
  return true
}

function mapEquals(a: CelMap, b: CelMap, depth: number): boolean {
  if (a.size !== b.size) return false
  for (const [key, value] of a.entries()) {
    const other = b.get(key)
    if (other === undefined || !equals(value, other, depth + 1)) return false
  }
  return true
}
