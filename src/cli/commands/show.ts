import { toJson } from '../../core/json.ts'
import type { ExecutionView } from '../../engine/executions.ts'
import { systemClock } from '../../engine/system-clock.ts'
import { withClient } from '../client/connect.ts'
import { type FoundRun, findRun, isPoll, readId } from '../client/find-run.ts'
import { SHOW_OPTIONS } from '../options/client.ts'
import { parseArguments } from '../parse-arguments.ts'
import { writeOut } from '../standard-output.ts'

/** `bide show ID`: what is known of a poll or an execution. */
export async function showCommand(args: readonly string[]): Promise<number> {
  const parsed = parseArguments(SHOW_OPTIONS, args)
  const id = readId('show', parsed)
  return withClient(parsed, async (client) => {
    const found = await findRun(client, id)
    if (parsed.values.json) writeOut(`${toJson(found.json, 2)}\n`)
    else writeOut(`${await textOf(found)}\n`)
    return 0
  })
}

async function textOf(found: FoundRun): Promise<string> {
  const now = systemClock.now()
  if (isPoll(found)) return (await import('../render/poll-text.ts')).pollText(found.json, now)
  return (await import('../render/execution-text.ts')).executionText(found.json as ExecutionView, now)
}
