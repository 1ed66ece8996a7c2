#!/usr/bin/env node
import { BideError } from '../core/errors.ts'
import { VERSION } from '../core/version.ts'
import { errorExitCode } from './exit-code.ts'
import { drained, writeOut } from './standard-output.ts'
import { UnknownNameError } from './usage-error.ts'

const [name, ...args] = process.argv.slice(2)

type Run = (args: readonly string[]) => Promise<number>

/** Each is loaded when it is asked for. */
const RUN: Readonly<Record<string, Run>> = {
  poll: async (args) => (await import('./commands/poll.ts')).pollCommand(args),
  run: async (args) => (await import('./commands/run.ts')).runCommand(args),
  plan: async (args) => (await import('./commands/plan.ts')).planCommand(args),
  check: async (args) => (await import('./commands/check.ts')).checkCommand(args),
  serve: async (args) => (await import('./commands/serve.ts')).serveCommand(args),
  submit: async (args) => (await import('./commands/submit.ts')).submitCommand(args),
  ls: async (args) => (await import('./commands/ls.ts')).lsCommand(args),
  show: async (args) => (await import('./commands/show.ts')).showCommand(args),
  watch: async (args) => (await import('./commands/watch.ts')).watchCommand(args),
  cancel: async (args) => (await import('./commands/order.ts')).orderCommand('cancel', args),
  pause: async (args) => (await import('./commands/order.ts')).orderCommand('pause', args),
  resume: async (args) => (await import('./commands/order.ts')).orderCommand('resume', args),
  now: async (args) => (await import('./commands/order.ts')).orderCommand('now', args),
  variable: async (args) => (await import('./commands/variable.ts')).variableCommand(args),
  token: async (args) => (await import('./commands/token.ts')).tokenCommand(args),
  db: async (args) => (await import('./commands/db.ts')).dbCommand(args),
  export: async (args) => (await import('./commands/moving.ts')).exportCommand(args),
  import: async (args) => (await import('./commands/moving.ts')).importCommand(args),
  worker: async (args) => (await import('./commands/worker.ts')).workerCommand(args),
  cluster: async (args) => (await import('./commands/cluster.ts')).clusterCommand(args),
  completion: async (args) => (await import('./commands/completion.ts')).completionCommand(args),
}

/** Who reads our output may stop reading: that is no defect of ours. */
process.stderr.on('error', () => {})

main().then(
  (code) => end(code),
  async (error: unknown) => {
    const { complaint } = await import('./complaint.ts')
    process.stderr.write(`${await complaint(error)}\n`)
    end(error instanceof BideError ? errorExitCode(error.code) : 70)
  },
)

async function main(): Promise<number> {
  if (name === '--version' || name === '-V') return print(VERSION)
  if (name === undefined || name === '--help' || name === '-h' || name === 'help') return help(args[0])
  if (args.includes('--help') || args.includes('-h')) return help(name)
  const run = Object.hasOwn(RUN, name) ? RUN[name] : undefined
  if (run === undefined) throw await unknownCommand(name)
  return run(args)
}

async function help(command: string | undefined): Promise<number> {
  const [{ commandHelp, mainHelp }, { COMMANDS }] = await Promise.all([
    import('./help.ts'),
    import('./options/commands.ts'),
  ])
  const known = COMMANDS.find((c) => c.name === command)
  if (command !== undefined && known === undefined) throw await unknownCommand(command)
  return print(known ? commandHelp(known) : mainHelp())
}

async function unknownCommand(typed: string): Promise<UnknownNameError> {
  const known = (await import('./options/commands.ts')).COMMANDS.map((command) => command.name)
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
