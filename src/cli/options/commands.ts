import { CLIENT_COMMANDS } from './client.ts'
import { LOCAL_COMMANDS } from './local.ts'
import type { Command, Option } from './option.ts'
import { SERVER_COMMANDS } from './server.ts'
import { HELP } from './shared.ts'

export const COMPLETION_OPTIONS: readonly Option[] = [HELP]

/** All commands, in the order in which help shows them. */
export const COMMANDS: readonly Command[] = [
  ...LOCAL_COMMANDS,
  ...SERVER_COMMANDS,
  ...CLIENT_COMMANDS,
  {
    name: 'completion',
    usage: 'bide completion bash|zsh|fish',
    actions: ['bash', 'zsh', 'fish'],
    about: 'Prints a script that completes commands and options in that shell.',
    options: COMPLETION_OPTIONS,
  },
]
