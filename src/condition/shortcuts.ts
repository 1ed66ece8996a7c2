import type { CelEnv, CelValue } from '@bufbuild/cel'
import { charge } from './budget.ts'

type FuncGroup = NonNullable<ReturnType<CelEnv['funcs']['find']>>

/** What a call gives for these arguments; `undefined` leaves it to the library. */
export type Shortcut = (args: readonly CelValue[]) => CelValue | undefined

/**
 * The same environment, in which a shortcut answers before the library looks for an overload: it tries each in turn, a
 * dozen for a comparison of numbers, which is most of what a loop over a body takes.
 */
export function withShortcuts(env: CelEnv, shortcuts: Readonly<Record<string, Shortcut>>): CelEnv {
  const find = (name: string): FuncGroup | undefined => {
    const group = env.funcs.find(name)
    const shortcut = Object.hasOwn(shortcuts, name) ? shortcuts[name] : undefined
    if (group === undefined || shortcut === undefined) return group
    const call: FuncGroup['call'] = (id, target, args) =>
      (target === undefined ? shortcut(args) : undefined) ?? group.call(id, target, args)
    return { name, call, [Symbol.iterator]: () => group[Symbol.iterator]() }
  }
  const funcs = Object.create(env.funcs, { find: { value: find } }) as CelEnv['funcs']
  return Object.create(env, { funcs: { value: funcs } }) as CelEnv
}

/** Equality of what is no list and no map, as CEL has it; `undefined` where one of the two is. */
export function plainlyEqual(a: CelValue, b: CelValue): boolean | undefined {
  if (a === b) return true
  if (isNumber(a) && isNumber(b)) return a <= b && a >= b
  return (typeof a === 'object' && a !== null) || (typeof b === 'object' && b !== null) ? undefined : false
}

/** Takes from the budget what comparing two values for equality takes, but for what is in them. */
export function chargeForEquality(a: CelValue, b: CelValue): void {
  charge(typeof a === 'string' && typeof b === 'string' ? 1 + (Math.min(a.length, b.length) >> 6) : 4)
}

type Order = (a: number | bigint | string, b: number | bigint | string) => boolean

const ORDERS: Readonly<Record<string, Order>> = {
  '_<_': (a, b) => a < b,
  '_<=_': (a, b) => a <= b,
  '_>_': (a, b) => a > b,
  '_>=_': (a, b) => a >= b,
}

/** For comparisons of numbers and texts, and for negation. */
export const plainShortcuts: Readonly<Record<string, Shortcut>> = {
  ...Object.fromEntries(Object.entries(ORDERS).map(([name, order]) => [name, compared(order)])),
  '_==_': ([a, b]) => equality(a as CelValue, b as CelValue),
  '_!=_': ([a, b]) => {
    const equal = equality(a as CelValue, b as CelValue)
    return equal === undefined ? undefined : !equal
  },
  '!_': ([a]) => (typeof a === 'boolean' ? !a : undefined),
}

function equality(a: CelValue, b: CelValue): boolean | undefined {
  const equal = plainlyEqual(a, b)
  if (equal !== undefined) chargeForEquality(a, b)
  return equal
}

/** As the library does: an integer beside a double becomes one. */
function compared(order: Order): Shortcut {
  return ([a, b]) => {
    if (typeof a === 'string' && typeof b === 'string') {
      charge(2 + (a.length >> 4) + (b.length >> 4))
      return order(a, b)
    }
    if (!isNumber(a) || !isNumber(b)) return undefined
    return typeof a === typeof b ? order(a, b) : order(Number(a), Number(b))
  }
}

function isNumber(value: unknown): value is number | bigint {
  return typeof value === 'number' || typeof value === 'bigint'
}
