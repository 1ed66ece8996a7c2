import { COMMANDS } from '../options/commands.ts'
import type { Command, Option } from '../options/option.ts'

/** Completes commands, what follows them, flags with their help, and file names in fish. */
export function fishCompletion(): string {
  return [
    '# fish completion of bide: bide completion fish | source',
    ...COMMANDS.flatMap(commandLines),
    '',
  ].join('\n')
}

function commandLines({ name, usage, about, actions, options }: Command): string[] {
  const isGiven = `contains -- ${name} (commandline -opc)[2]`
  const isFirst = `${isGiven}; and test (count (commandline -opc)) -eq 2`
  return [
    `complete -c bide -n __fish_use_subcommand -f -a ${name} -d ${quoted(about)}`,
    ...(usage.includes('FILE') ? [] : [`complete -c bide -n '${isGiven}' -f`]),
    ...(actions ? [`complete -c bide -n '${isFirst}' -f -a '${actions.join(' ')}'`] : []),
    ...options.map((option) => optionLine(isGiven, option)),
  ]
}

function optionLine(condition: string, { flag, short, value, help }: Option): string {
  const takes = value === undefined || value.startsWith('[') ? '' : value.includes('FILE') ? ' -rF' : ' -x'
  const letter = short ? ` -s ${short}` : ''
  return `complete -c bide -n '${condition}' -l ${flag}${letter}${takes} -d ${quoted(help)}`
}

function quoted(text: string): string {
  return `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`
}
