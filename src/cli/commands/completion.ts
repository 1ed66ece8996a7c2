import { bashCompletion } from '../completion/bash.ts'
import { fishCompletion } from '../completion/fish.ts'
import { zshCompletion } from '../completion/zsh.ts'
import { COMPLETION_OPTIONS } from '../options/commands.ts'
import { parseArguments } from '../parse-arguments.ts'
import { writeOut } from '../standard-output.ts'
import { UnknownNameError, UsageError } from '../usage-error.ts'

const SHELLS: Readonly<Record<string, () => string>> = {
  bash: bashCompletion,
  zsh: zshCompletion,
  fish: fishCompletion,
}

/** `bide completion SHELL`: prints the script. */
export function completionCommand(args: readonly string[]): number {
  const [shell, ...more] = parseArguments(COMPLETION_OPTIONS, args).positionals
  const known = Object.keys(SHELLS)
  if (shell === undefined || more.length > 0)
    throw new UsageError(
      'one shell is to be named',
      `as in: source <(bide completion bash); ${known.join(', ')}`,
    )
  const script = Object.hasOwn(SHELLS, shell) ? SHELLS[shell] : undefined
  if (script === undefined)
    throw new UnknownNameError(`'${shell}' is no shell known here`, {
      typed: shell,
      known,
      hint: known.join(', '),
    })
  writeOut(script())
  return 0
}
