import { count } from '../../core/message.ts'
import { backUpData, checkData, type DataFolder, keyFileOf, vacuumData } from '../../server/data-folder.ts'
import { rotateKey } from '../../server/rotate-key.ts'
import { DB_OPTIONS } from '../options/server.ts'
import { type Arguments, parseArguments, textValue } from '../parse-arguments.ts'
import { plain } from '../render/progress.ts'
import { writeOut } from '../standard-output.ts'
import { UsageError } from '../usage-error.ts'
import { chooseAction } from './action.ts'

type Action = (data: DataFolder, parsed: Arguments, names: readonly string[]) => Promise<number>

/** `bide db check|backup|vacuum|rotate-key`: looks after the data folder of a server. */
export async function dbCommand(args: readonly string[]): Promise<number> {
  const parsed = parseArguments(DB_OPTIONS, args)
  const actions: Readonly<Record<string, Action>> = { check, backup, vacuum, 'rotate-key': rotate }
  const { run, names } = chooseAction('db', parsed, actions)
  return run(dataFolder(parsed), parsed, names)
}

/** The folder and the key, as `bide serve` is told of them. */
export function dataFolder(parsed: Arguments): DataFolder {
  return {
    folder: textValue(parsed, 'data') ?? './bide-data',
    keyFile: textValue(parsed, 'key-file') ?? (process.env.BIDE_KEY_FILE || null),
    keyHex: process.env.BIDE_KEY || null,
  }
}

/** 1 where something is damaged. */
async function check(data: DataFolder, parsed: Arguments, names: readonly string[]): Promise<number> {
  refuseNames(names)
  const found = await checkData(data)
  const { problems, runs, open, events, sealed, version } = found
  if (parsed.values.json) writeOut(`${JSON.stringify(found)}\n`)
  else {
    const what = `${count(runs, 'run')} (${open} not ended), ${count(events, 'event')}, version ${version}`
    const seals = `${count(sealed, 'sealed text')}, of which all open with the key`
    const lines =
      problems.length === 0 ? [`In order: ${what}; ${seals}.`] : [...problems, `Damaged: ${what}.`]
    writeOut(`${plain(lines.join('\n'))}\n`)
  }
  return problems.length === 0 ? 0 : 1
}

async function backup(data: DataFolder, parsed: Arguments, names: readonly string[]): Promise<number> {
  const [to, ...more] = names
  if (to === undefined || more.length > 0)
    throw new UsageError('one file is to be named', 'as in: bide db backup copy.db')
  const bytes = await backUpData(data, to)
  if (!parsed.values.quiet)
    process.stderr.write(
      `${to}: ${bytes} bytes. What is sealed in it opens only with the key, which is not in it: keep a copy of ${keyFileOf(data)} elsewhere.\n`,
    )
  return 0
}

async function vacuum(data: DataFolder, parsed: Arguments, names: readonly string[]): Promise<number> {
  refuseNames(names)
  const { before, after } = await vacuumData(data)
  if (!parsed.values.quiet) process.stderr.write(`${before} bytes before, ${after} now.\n`)
  return 0
}

async function rotate(data: DataFolder, parsed: Arguments, names: readonly string[]): Promise<number> {
  refuseNames(names)
  const newKeyFile = textValue(parsed, 'new-key-file') ?? null
  const { sealed, keyFile } = await rotateKey(data, { newKeyFile })
  if (!parsed.values.quiet)
    process.stderr.write(
      `${count(sealed, 'sealed text')} opened with the old key and sealed with the new one, which is in ${keyFile}. An older backup needs the old one.\n`,
    )
  return 0
}

function refuseNames([name]: readonly string[]): void {
  if (name !== undefined) throw new UsageError(`'${name}' is no option`)
}
