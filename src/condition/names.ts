import { lookUp, type PathStep } from '../binding/path.ts'
import type { Facts } from '../core/condition.ts'

/** The names that are not properties of the body; they win over properties of the same name. */
export const FACT_NAMES: ReadonlySet<string> = new Set([
  'responseCode',
  'responseHeaders',
  'responseBody',
  'responseJson',
  'iterationCount',
  'elapsedSeconds',
  'previous',
])

const IDENTIFIER = /^[A-Za-z_][A-Za-z0-9_]*$/
const RESERVED = new Set(
  'in as break const continue else for function if import let loop package namespace return var void while true false null'.split(
    ' ',
  ),
)

/** True for a name that CEL takes bare. */
export function isIdentifier(name: string): boolean {
  return IDENTIFIER.test(name) && !RESERVED.has(name)
}

/** A path as written in `${...}`, from the facts: a bare name is a property of the body. */
export function fromFacts(steps: readonly PathStep[]): readonly PathStep[] {
  const [root, ...rest] = steps
  if (root === 'responseBody' && rest.length > 0) return ['responseJson', ...rest]
  return FACT_NAMES.has(String(root)) ? steps : ['responseJson', ...steps]
}

/** A path from the facts as CEL. */
export function toCel(steps: readonly PathStep[]): string {
  return steps
    .map((step, i) => {
      if (i === 0) return step
      if (typeof step === 'number') return `[${step}]`
      return isIdentifier(step) ? `.${step}` : `[${JSON.stringify(step)}]`
    })
    .join('')
}

/** A path from the facts as people write it: properties of the body bare. */
export function toDisplay(steps: readonly PathStep[]): string {
  const [root, first, ...rest] = steps
  const isBare =
    root === 'responseJson' && typeof first === 'string' && isIdentifier(first) && !FACT_NAMES.has(first)
  return toCel(isBare ? [first, ...rest] : steps)
}

/** The value at a path from the facts; `undefined` where it is missing. */
export function valueAt(facts: Facts, steps: readonly PathStep[]): unknown {
  return lookUp(facts[steps[0] as keyof Facts], steps.slice(1))
}
