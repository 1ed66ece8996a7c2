import { withClient } from '../client/connect.ts'
import { findRun, isPoll, readId } from '../client/find-run.ts'
import { waitForPoll } from '../client/wait-for-poll.ts'
import { WATCH_OPTIONS } from '../options/client.ts'
import { parseArguments } from '../parse-arguments.ts'

/** `bide watch ID`: the exit code says how it ended. */
export async function watchCommand(args: readonly string[]): Promise<number> {
  const parsed = parseArguments(WATCH_OPTIONS, args)
  const id = readId('watch', parsed)
  return withClient(parsed, async (client) => {
    const found = await findRun(client, id)
    return isPoll(found)
      ? waitForPoll(client, found.json, parsed)
      : (await import('../client/wait-for-execution.ts')).waitForExecution(client, id, parsed)
  })
}
