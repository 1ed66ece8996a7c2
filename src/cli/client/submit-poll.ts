import { randomUUID } from 'node:crypto'
import { InvalidTaskError } from '../../core/errors.ts'
import { toJson } from '../../core/json.ts'
import type { PollView } from '../../engine/engine.ts'
import { type Arguments, textValue } from '../parse-arguments.ts'
import { readTask } from '../poll-input.ts'
import { located, type Origins } from '../problems.ts'
import { writeOut } from '../standard-output.ts'
import { UsageError } from '../usage-error.ts'
import { readPrinter } from '../write-result.ts'
import type { Client } from './client.ts'
import { RefusedError } from './server-error.ts'
import { surely } from './submission.ts'
import { waitForPoll } from './wait-for-poll.ts'

/** Gives a poll to the server, and waits for it where that is asked for. The exit code. */
export async function submitPoll(client: Client, parsed: Arguments): Promise<number> {
  refuseOfPipelines(parsed)
  const { input, origins } = await readTask(parsed)
  await readPrinter(parsed)
  const name = textValue(parsed, 'name')
  const headers = { 'idempotency-key': textValue(parsed, 'idempotency-key') ?? randomUUID() }
  const body = name === undefined ? input : { name, ...input }
  const { code, json } = await surely(() => client.ask('POST', '/polls', { body, headers })).catch(
    async (error) => {
      throw await inFlags(error, origins)
    },
  )
  const poll = json as PollView
  if (parsed.values.quiet !== true) {
    const said = code === 200 ? 'Submitted before under this key' : 'Submitted'
    process.stderr.write(`${said}: ${client.address.url}/polls/${poll.id}\n`)
  }
  if (parsed.values.wait) return waitForPoll(client, poll, parsed)
  writeOut(`${parsed.values.json ? toJson(poll) : poll.id}\n`)
  return 0
}

/** What the server finds wrong with a field, at the flag or the line of the file that it came from. */
function inFlags(error: unknown, origins: Origins): Promise<unknown> | unknown {
  if (!(error instanceof RefusedError) || error.fields.length === 0) return error
  return located(new InvalidTaskError(error.fields), origins)
}

function refuseOfPipelines({ values }: Arguments): void {
  const flag = ['pipeline', 'input', 'comments'].find((name) => values[name] !== undefined)
  if (flag) throw new UsageError(`--${flag} is of pipelines; a URL is one poll`)
}
