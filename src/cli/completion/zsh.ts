import { COMMANDS } from '../options/commands.ts'
import type { Command, Option } from '../options/option.ts'

/** Completes commands, flags with their help, and file names in zsh. */
export function zshCompletion(): string {
  return `#compdef bide
# zsh completion of bide: source <(bide completion zsh), or a file _bide in $fpath
_bide() {
  local -a commands
  commands=(
${COMMANDS.map(({ name, about }) => `    ${quoted(`${name}:${about}`)}`).join('\n')}
  )
  if (( CURRENT == 2 )); then
    _describe command commands
    return
  fi
  local command=$words[2]
  shift words
  (( CURRENT-- ))
  case $command in
${COMMANDS.map(commandCase).join('\n')}
  esac
}
if [ "$funcstack[1]" = _bide ]; then _bide "$@"; else compdef _bide bide; fi
`
}

function commandCase({ name, usage, actions, options }: Command): string {
  const first = actions ? [`'1:action:(${actions.join(' ')})'`] : []
  const files = usage.includes('FILE') ? ["'*:file:_files'"] : []
  return `    ${name}) _arguments -s ${[...options.flatMap(specs), ...first, ...files].join(' ')} ;;`
}

function specs({ flag, short, value, help, repeatable }: Option): string[] {
  const about = `[${help.replace(/[[\]:]/g, '\\$&')}]`
  const argument =
    value === undefined ? '' : `:${value.replace(/[[\]:]/g, '')}:${value.includes('FILE') ? '_files' : ''}`
  const isOptional = value?.startsWith('[')
  const prefix = repeatable ? '*' : ''
  const long = quoted(
    `${prefix}--${flag}${value === undefined ? '' : isOptional ? '=-' : '='}${about}${isOptional ? `:${argument}` : argument}`,
  )
  return short
    ? [quoted(`${prefix}-${short}${value === undefined ? '' : '+'}${about}${argument}`), long]
    : [long]
}

function quoted(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`
}
