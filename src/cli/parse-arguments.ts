import { parseArgs } from 'node:util'
import type { Option } from './options/option.ts'
import { UnknownNameError, UsageError } from './usage-error.ts'

export interface Arguments {
  readonly positionals: readonly string[]
  readonly values: Readonly<Record<string, string | boolean | readonly string[] | undefined>>
}

/** Reads a command's arguments by its table. @throws UsageError that names the flag. */
export function parseArguments(options: readonly Option[], args: readonly string[]): Arguments {
  const optional = new Set(options.filter(({ value }) => value?.startsWith('[')).map(({ flag }) => flag))
  const config = Object.fromEntries(options.map((option) => [option.flag, configOf(option)]))
  const expanded = args.map((arg) =>
    optional.has(arg.slice(2)) && arg.startsWith('--') ? `${arg}=true` : arg,
  )
  refuseUnknown(options, expanded)
  try {
    return parseArgs({ args: expanded, options: config, allowPositionals: true }) as Arguments
  } catch (error) {
    throw new UsageError((error as Error).message.split(/\.\s/)[0] as string)
  }
}

function configOf({ value, short, repeatable }: Option) {
  return {
    type: value ? ('string' as const) : ('boolean' as const),
    multiple: repeatable ?? false,
    ...(short && { short }),
  }
}

function refuseUnknown(options: readonly Option[], args: readonly string[]): void {
  for (const arg of args) {
    if (arg === '--') return
    const name = /^--([^=]+)/.exec(arg)?.[1]
    if (name === undefined || options.some(({ flag }) => flag === name)) continue
    const known = options.map(({ flag }) => `--${flag}`)
    throw new UnknownNameError(`--${name} is no option here`, {
      typed: `--${name}`,
      known,
      hint: 'see --help',
    })
  }
}

const UNITS: Readonly<Record<string, number>> = { ms: 0.001, s: 1, m: 60, h: 3600, d: 86_400, '': 1 }
const SIZES: Readonly<Record<string, number>> = { '': 1, k: 1024, m: 1024 ** 2, g: 1024 ** 3 }

/** The value of an option as its key of the task wants it. @throws UsageError */
export function optionValue({ flag, kind }: Option, text: string): unknown {
  switch (kind) {
    case 'integer':
      return whole(flag, text)
    case 'duration':
      return seconds(flag, text)
    case 'bytes':
      return scaled(flag, text, SIZES, 'a size, as in 500k or 5M')
    case 'backoff':
      return backoff(flag, text)
    case 'ignore-failure':
      if (text === 'true' || text === 'false') return text === 'true'
      if (text === 'transient') return text
      throw new UsageError(`--${flag}: '${text}' is neither true, false nor transient`)
    default:
      return text
  }
}

function seconds(flag: string, text: string): number {
  return scaled(flag, text, UNITS, 'a time, as in 500ms, 10s, 5m or 1h')
}

function scaled(
  flag: string,
  text: string,
  units: Readonly<Record<string, number>>,
  expected: string,
): number {
  const [, digits, unit] = /^(\d+(?:\.\d+)?)\s*([a-z]*)$/i.exec(text.trim()) ?? []
  const factor = units[unit?.toLowerCase() ?? '?']
  if (digits === undefined || factor === undefined)
    throw new UsageError(`--${flag}: '${text}' is not ${expected}`)
  return Math.round(Number(digits) * factor * 1e6) / 1e6
}

function whole(flag: string, text: string): number {
  if (!/^\d+$/.test(text)) throw new UsageError(`--${flag}: '${text}' is not a whole number`)
  return Number(text)
}

function backoff(flag: string, text: string) {
  if (/^[\d.]+$/.test(text)) return { factor: Number(text) }
  const parts = text.split(',').map((part) => {
    const [name, value = ''] = part.split('=')
    if (name === 'max') return ['maxSeconds', seconds(flag, value)]
    if (name === 'factor' || name === 'jitter') return [name, Number(value)]
    throw new UsageError(
      `--${flag}: '${part}' is not factor=, max= or jitter=`,
      'as in factor=2,max=60s,jitter=0.2',
    )
  })
  return Object.fromEntries(parts)
}

/** The value of an option that takes one, where it was given. */
export function textValue({ values }: Arguments, flag: string): string | undefined {
  const value = values[flag]
  return typeof value === 'string' ? value : undefined
}

/** The values of a repeatable option. */
export function listValue({ values }: Arguments, flag: string): readonly string[] {
  const value = values[flag]
  return Array.isArray(value) ? value : []
}

/** The number that an option stands for, where it was given. @throws UsageError */
export function numberValue(options: readonly Option[], parsed: Arguments, flag: string): number | null {
  const text = textValue(parsed, flag)
  const option = options.find((one) => one.flag === flag)
  return text === undefined || option === undefined ? null : Number(optionValue(option, text))
}
