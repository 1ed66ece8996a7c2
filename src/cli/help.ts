import { VERSION } from '../core/version.ts'
import { EXIT_CODES } from './exit-code.ts'
import { COMMANDS } from './options/commands.ts'
import type { Command, Option } from './options/option.ts'

/** The text of `bide --help`. */
export function mainHelp(): string {
  const width = Math.max(...COMMANDS.map(({ usage }) => usage.length))
  return [
    `bide ${VERSION}: waits on an HTTP job until it has succeeded, failed, or run out of time.`,
    '',
    ...COMMANDS.map(({ usage, about }) => `  ${usage.padEnd(width)} ${about}`),
    '',
    'bide COMMAND --help shows its options. bide --version shows the version.',
    '',
    ...exitCodeLines(),
  ].join('\n')
}

/** The text of `bide COMMAND --help`. */
export function commandHelp({ usage, about, options }: Command): string {
  const width = Math.max(...options.map((option) => optionName(option).length))
  const lines = options.map((option) => optionLine(option, width))
  return [`Usage: ${usage}`, '', about, '', ...lines, '', ...exitCodeLines()].join('\n')
}

function optionLine(option: Option, width: number): string {
  return `  ${optionName(option).padEnd(width)}  ${option.help}${option.repeatable ? ' (repeatable)' : ''}`
}

/** `-H, --header NAME: VALUE`. */
export function optionName({ flag, short, value }: Option): string {
  const argument = value === undefined ? '' : value.startsWith('[') ? value : ` ${value}`
  return `${short ? `-${short}, ` : '    '}--${flag}${argument}`
}

function exitCodeLines(): string[] {
  return [
    'Exit codes:',
    ...EXIT_CODES.map(({ code, meaning }) => `  ${String(code).padStart(3)}  ${meaning}`),
  ]
}
