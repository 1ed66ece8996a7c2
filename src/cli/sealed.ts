import { mapStrings } from '../core/redact.ts'
import type { NamedSecret } from './run-input.ts'

interface Seal {
  readonly secrets: readonly NamedSecret[]
  /** Only who has written the file knows it. */
  readonly nonce: string
}

/** Every text of a value with marks in place of secrets, from which `unseal` can put them back. */
export function seal(value: unknown, { secrets, nonce }: Seal): unknown {
  if (secrets.length === 0) return value
  const longestFirst = [...secrets].sort((a, b) => b.value.length - a.value.length)
  return mapStrings(value, (text) =>
    longestFirst.reduce(
      (sealed, secret) => sealed.replaceAll(secret.value, markOf(secret.name, nonce)),
      text,
    ),
  )
}

/** The value as it was; `onMissing` is told of a secret that is not there any more. */
export function unseal(
  value: unknown,
  { secrets, nonce, onMissing }: Seal & { onMissing: (name: string) => void },
): unknown {
  const values = new Map(secrets.map(({ name, value }) => [name, value]))
  const marks = new RegExp(markOf('([^\\u0000]*)', nonce), 'g')
  return mapStrings(value, (text) =>
    text.replace(marks, (mark, name: string) => {
      if (!values.has(name)) onMissing(name)
      return values.get(name) ?? mark
    }),
  )
}

function markOf(name: string, nonce: string): string {
  return `\u0000secret ${nonce} ${name}\u0000`
}
