import { count } from '../../core/message.ts'
import { type Exported, exportRuns, importRuns, type MovingPlace } from '../../server/moving.ts'
import { engineOf, refuseForeign, restateAddresses } from '../engine-input.ts'
import { MOVING_OPTIONS } from '../options/server.ts'
import { type Arguments, parseArguments, textValue } from '../parse-arguments.ts'
import { plain } from '../render/progress.ts'
import { writeOut } from '../standard-output.ts'
import { UsageError } from '../usage-error.ts'
import { dataFolder } from './db.ts'

/** `bide export FILE`: what waits is held here from then on, and is in the file. */
export async function exportCommand(args: readonly string[]): Promise<number> {
  const parsed = parseArguments(MOVING_OPTIONS, args)
  const path = onlyFile('export', parsed)
  const exported = await exportRuns(placeOf(parsed), path)
  if (parsed.values.json) writeOut(`${JSON.stringify(exported)}\n`)
  else if (!parsed.values.quiet)
    say(
      `${path}: ${countsText(exported)}. Runs are held here from now on; bide import takes them in elsewhere.`,
    )
  return 0
}

/** `bide import FILE`: 1 where something of it was not taken in. */
export async function importCommand(args: readonly string[]): Promise<number> {
  const parsed = parseArguments(MOVING_OPTIONS, args)
  const path = onlyFile('import', parsed)
  const imported = await importRuns(placeOf(parsed), path)
  const { known, others, refused } = imported
  if (parsed.values.json) writeOut(`${JSON.stringify(imported)}\n`)
  else {
    for (const what of others) say(`left alone: there is another ${what} here`)
    for (const why of refused) say(`not taken in: ${why}`)
    if (!parsed.values.quiet)
      say(
        `${countsText(imported)} taken in; ${count(known, 'run')} of the file ${known === 1 ? 'was' : 'were'} here already.`,
      )
  }
  return others.length + refused.length > 0 ? 1 : 0
}

function placeOf(parsed: Arguments): MovingPlace {
  refuseForeign(parsed)
  const isRestate = engineOf(parsed) === 'restate'
  return {
    data: dataFolder(parsed),
    restate: isRestate ? restateAddresses(parsed) : null,
    fileKey: textValue(parsed, 'file-key') ?? null,
  }
}

function onlyFile(command: 'export' | 'import', { positionals: [path, ...more] }: Arguments): string {
  if (path === undefined || more.length > 0)
    throw new UsageError('one file is to be named', `as in: bide ${command} moved.ndjson`)
  return path
}

function countsText({ polls, executions, pipelines, variables }: Exported): string {
  return `${count(polls, 'poll')}, ${count(executions, 'execution')}, ${count(pipelines, 'pipeline')} and ${count(variables, 'variable')}`
}

function say(text: string): void {
  process.stderr.write(`${plain(text)}\n`)
}
