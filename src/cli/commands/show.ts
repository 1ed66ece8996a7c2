import { toJson } from '../../core/json.ts'
import { systemClock } from '../../engine/system-clock.ts'
import { withClient } from '../client/connect.ts'
import { findRun, isPoll, readId } from '../client/find-run.ts'
import { SHOW_OPTIONS } from '../options.ts'
import { parseArguments } from '../parse-arguments.ts'
import { pollText } from '../render/poll-text.ts'
import { writeOut } from '../standard-output.ts'

/** `bide show ID`: what is known of a poll or an execution. */
export async function showCommand(args: readonly string[]): Promise<number> {
  const parsed = parseArguments(SHOW_OPTIONS, args)
  const id = readId('show', parsed)
  return withClient(parsed, async (client) => {
    const found = await findRun(client, id)
    if (parsed.values.json) writeOut(`${toJson(found.json, 2)}\n`)
    else if (isPoll(found)) writeOut(`${pollText(found.json, systemClock.now())}\n`)
    return 0
  })
}
