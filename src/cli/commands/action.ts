import type { Arguments } from '../parse-arguments.ts'
import { UnknownNameError, UsageError } from '../usage-error.ts'

/** What a command does, which its first argument says, and the names that follow. @throws UsageError */
export function chooseAction<T>(
  command: string,
  { positionals }: Arguments,
  actions: Readonly<Record<string, T>>,
): { readonly run: T; readonly names: readonly string[] } {
  const [typed, ...names] = positionals
  const known = Object.keys(actions)
  if (typed === undefined) throw new UsageError(`bide ${command} is to do what?`, known.join(', '))
  const run = Object.hasOwn(actions, typed) ? actions[typed] : undefined
  if (run === undefined)
    throw new UnknownNameError(`bide ${command} does not know '${typed}'`, {
      typed,
      known,
      hint: known.join(', '),
    })
  return { run, names }
}
