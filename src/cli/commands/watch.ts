import type { PollView } from '../../engine/engine.ts'
import { withClient } from '../client/connect.ts'
import { findRun, readId } from '../client/find-run.ts'
import { waitForPoll } from '../client/wait-for-poll.ts'
import { WATCH_OPTIONS } from '../options.ts'
import { parseArguments } from '../parse-arguments.ts'

/** `bide watch ID`: the exit code says how it ended. */
export async function watchCommand(args: readonly string[]): Promise<number> {
  const parsed = parseArguments(WATCH_OPTIONS, args)
  const id = readId('watch', parsed)
  return withClient(parsed, async (client) => {
    const found = await findRun(client, id)
    return waitForPoll(client, found.json as PollView, parsed)
  })
}
