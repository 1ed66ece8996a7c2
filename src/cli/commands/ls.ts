import { toJson } from '../../core/json.ts'
import { systemClock } from '../../engine/system-clock.ts'
import type { Client } from '../client/client.ts'
import { withClient } from '../client/connect.ts'
import { LS_OPTIONS } from '../options/client.ts'
import { type Arguments, optionValue, parseArguments, textValue } from '../parse-arguments.ts'
import { fitted } from '../render/fitted.ts'
import { type ListedRun, runTable } from '../render/run-table.ts'
import { writeOut } from '../standard-output.ts'
import { UsageError } from '../usage-error.ts'

const LIMIT = 50
const LARGEST_PAGE = 500
const FILTERS = ['status', 'kind', 'name', 'pipeline', 'text'] as const

/** `bide ls`: what a server has, newest first. */
export async function lsCommand(args: readonly string[]): Promise<number> {
  const parsed = parseArguments(LS_OPTIONS, args)
  const [stray] = parsed.positionals
  if (stray !== undefined) throw new UsageError(`'${stray}' is no option`, `as in: bide ls --text '${stray}'`)
  const limit = limitOf(parsed)
  return withClient(parsed, async (client) => {
    const { runs, hasMore } = await listRuns(client, parsed, limit)
    if (parsed.values.json) writeOut(`${toJson(runs)}\n`)
    else if (runs.length > 0) writeOut(`${lines(runs).join('\n')}\n`)
    if (runs.length === 0) process.stderr.write('Nothing of that kind is there.\n')
    if (hasMore) process.stderr.write(`There are more: --limit ${limit * 2} shows them.\n`)
    return 0
  })
}

function limitOf(parsed: Arguments): number {
  const text = textValue(parsed, 'limit')
  const option = LS_OPTIONS.find(({ flag }) => flag === 'limit')
  const limit = text === undefined || option === undefined ? LIMIT : Number(optionValue(option, text))
  if (limit < 1) throw new UsageError(`--limit: ${limit} is less than 1`)
  return limit
}

async function listRuns(client: Client, parsed: Arguments, limit: number) {
  const query = Object.fromEntries(FILTERS.map((name) => [name, textValue(parsed, name)]))
  const runs: ListedRun[] = []
  let cursor: string | null | undefined
  while (runs.length < limit && cursor !== null) {
    const page = { limit: String(Math.min(LARGEST_PAGE, limit - runs.length)), cursor }
    const { json } = await client.ask('GET', '/runs', { query: { ...query, ...page } })
    const answer = json as { readonly runs: readonly ListedRun[]; readonly next: string | null }
    runs.push(...answer.runs)
    cursor = answer.next
  }
  return { runs, hasMore: typeof cursor === 'string' }
}

/** On a terminal no line wraps. */
function lines(runs: readonly ListedRun[]): string[] {
  const all = runTable(runs, systemClock.now())
  const { isTTY, columns } = process.stdout
  return isTTY ? all.map((line) => fitted(line, columns || 80)) : all
}
