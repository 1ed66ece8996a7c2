import { COMMANDS, type Option } from '../options.ts'

/** Completes commands, flags with their help, and file names in fish. */
export function fishCompletion(): string {
  return [
    '# fish completion of bide: bide completion fish | source',
    ...COMMANDS.flatMap(({ name, about, options }) => [
      `complete -c bide -n __fish_use_subcommand -f -a ${name} -d ${quoted(about)}`,
      ...options.map((option) => optionLine(name, option)),
    ]),
    '',
  ].join('\n')
}

function optionLine(command: string, { flag, short, value, help }: Option): string {
  const takes = value === undefined || value.startsWith('[') ? '' : value.includes('FILE') ? ' -rF' : ' -x'
  const letter = short ? ` -s ${short}` : ''
  return `complete -c bide -n '__fish_seen_subcommand_from ${command}' -l ${flag}${letter}${takes} -d ${quoted(help)}`
}

function quoted(text: string): string {
  return `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`
}
