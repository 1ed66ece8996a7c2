#!/usr/bin/env node
import { BideError, InvalidTaskError } from '../core/errors.ts'
import { VERSION } from '../core/version.ts'
import { UsageError } from './usage-error.ts'

const [name, ...args] = process.argv.slice(2)

/** Who reads our output may stop reading: that is no fault. */
process.stdout.on('error', (error: NodeJS.ErrnoException) => process.exit(error.code === 'EPIPE' ? 0 : 70))

main().then(
  (code) => end(code),
  (error: unknown) => {
    process.stderr.write(`${complaint(error)}\n`)
    end(error instanceof BideError ? 2 : 70)
  },
)

async function main(): Promise<number> {
  if (name === '--version' || name === '-V') return print(VERSION)
  if (name === undefined || name === '--help' || name === '-h' || name === 'help') return help(args[0])
  if (args.includes('--help') || args.includes('-h')) return help(name)
  if (name === 'poll') return (await import('./commands/poll.ts')).pollCommand(args)
  if (name === 'check') return (await import('./commands/check.ts')).checkCommand(args)
  throw new UsageError(`'${name}' is no command`, 'see: bide --help')
}

async function help(command: string | undefined): Promise<number> {
  const [{ commandHelp, mainHelp }, { COMMANDS }] = await Promise.all([
    import('./help.ts'),
    import('./options.ts'),
  ])
  const known = COMMANDS.find((c) => c.name === command)
  return print(known ? commandHelp(known) : mainHelp())
}

function print(text: string): number {
  process.stdout.write(`${text}\n`)
  return 0
}

function complaint(error: unknown): string {
  if (error instanceof InvalidTaskError) {
    return error.problems
      .map((p) => `bide: ${p.path}: ${p.message}${p.hint ? `\n  ${p.hint}` : ''}`)
      .join('\n')
  }
  if (error instanceof BideError) {
    return `bide: ${error.message}${error.hint && !error.message.includes(error.hint) ? `\n  ${error.hint}` : ''}`
  }
  const what = error instanceof Error ? (error.stack ?? error.message) : String(error)
  return `bide: a defect of bide, please report it: ${what}`
}

/** Ends once what was written has been taken; nothing that is still open may hold the process. */
function end(code: number): void {
  process.exitCode = code
  process.stdout.write('', () => process.stderr.write('', () => process.exit(code)))
}
