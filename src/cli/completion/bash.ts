import { COMMANDS } from '../options/commands.ts'
import type { Command, Option } from '../options/option.ts'

/** Completes commands, flags and file names in bash. */
export function bashCompletion(): string {
  return `# bash completion of bide: source <(bide completion bash)
_bide() {
  local word="\${COMP_WORDS[COMP_CWORD]}" before="\${COMP_WORDS[COMP_CWORD-1]}" flags='' files='' actions=''
  COMPREPLY=()
  if [ "$COMP_CWORD" -eq 1 ]; then
    COMPREPLY=($(compgen -W '${COMMANDS.map(({ name }) => name).join(' ')} --help --version' -- "$word"))
    return
  fi
  case "\${COMP_WORDS[1]}" in
${COMMANDS.map(commandCase).join('\n')}
  esac
  case " $files " in *" $before "*) flags='' ;; esac
  if [ -n "$flags" ] && [ "\${word#-}" != "$word" ]; then
    COMPREPLY=($(compgen -W "$flags" -- "$word"))
    return
  fi
  if [ -n "$actions" ]; then
    [ "$COMP_CWORD" -eq 2 ] && COMPREPLY=($(compgen -W "$actions" -- "$word"))
    return
  fi
  local IFS=$'\n'
  COMPREPLY=($(compgen -f -- "$word"))
}
complete -o filenames -F _bide bide
`
}

function commandCase({ name, actions = [], options }: Command): string {
  const files = options.filter(({ value }) => value?.includes('FILE'))
  const quoted = (list: readonly Option[]) => `'${list.flatMap(spellings).join(' ')}'`
  return `    ${name}) flags=${quoted(options)} files=${quoted(files)} actions='${actions.join(' ')}' ;;`
}

function spellings({ flag, short }: Option): string[] {
  return short ? [`--${flag}`, `-${short}`] : [`--${flag}`]
}
