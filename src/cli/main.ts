#!/usr/bin/env node
import { BideError } from '../core/errors.ts'
import { VERSION } from '../core/version.ts'
import { drained, writeOut } from './standard-output.ts'
import { UnknownNameError } from './usage-error.ts'

const [name, ...args] = process.argv.slice(2)

/** Who reads our output may stop reading: that is no defect of ours. */
process.stderr.on('error', () => {})

main().then(
  (code) => end(code),
  async (error: unknown) => {
    const { complaint } = await import('./complaint.ts')
    process.stderr.write(`${await complaint(error)}\n`)
    end(error instanceof BideError && error.code !== 'store' ? 2 : 70)
  },
)

async function main(): Promise<number> {
  if (name === '--version' || name === '-V') return print(VERSION)
  if (name === undefined || name === '--help' || name === '-h' || name === 'help') return help(args[0])
  if (args.includes('--help') || args.includes('-h')) return help(name)
  if (name === 'poll') return (await import('./commands/poll.ts')).pollCommand(args)
  if (name === 'run') return (await import('./commands/run.ts')).runCommand(args)
  if (name === 'plan') return (await import('./commands/plan.ts')).planCommand(args)
  if (name === 'check') return (await import('./commands/check.ts')).checkCommand(args)
  if (name === 'serve') return (await import('./commands/serve.ts')).serveCommand(args)
  if (name === 'completion') return (await import('./commands/completion.ts')).completionCommand(args)
  throw await unknownCommand(name)
}

async function help(command: string | undefined): Promise<number> {
  const [{ commandHelp, mainHelp }, { COMMANDS }] = await Promise.all([
    import('./help.ts'),
    import('./options.ts'),
  ])
  const known = COMMANDS.find((c) => c.name === command)
  if (command !== undefined && known === undefined) throw await unknownCommand(command)
  return print(known ? commandHelp(known) : mainHelp())
}

async function unknownCommand(typed: string): Promise<UnknownNameError> {
  const known = (await import('./options.ts')).COMMANDS.map((command) => command.name)
  return new UnknownNameError(`'${typed}' is no command`, { typed, known, hint: 'see: bide --help' })
}

function print(text: string): number {
  writeOut(`${text}\n`)
  return 0
}

/** Ends once what was written has been taken; nothing that is still open may hold the process. */
function end(code: number): void {
  process.exitCode = code
  drained(() => process.stderr.write('', () => process.exit(code)))
}
