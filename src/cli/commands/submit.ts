import { existsSync } from 'node:fs'
import { withClient } from '../client/connect.ts'
import { SUBMIT_OPTIONS } from '../options/client.ts'
import { parseArguments } from '../parse-arguments.ts'
import { UsageError } from '../usage-error.ts'

/** `bide submit URL` or `bide submit FILE...`: gives a server what it is to carry on. */
export async function submitCommand(args: readonly string[]): Promise<number> {
  refuseOfThisProcess(args)
  const parsed = parseArguments(SUBMIT_OPTIONS, args)
  const { values, positionals } = parsed
  const isPoll = values.file !== undefined || positionals.some((text) => /^https?:/i.test(text))
  const unknown = positionals.find((text) => text !== '-' && !existsSync(text))
  if (!isPoll && unknown !== undefined)
    throw new UsageError(
      `'${unknown}' is neither a URL nor a file`,
      'a URL is written in full, as in https://host/job',
    )
  if (!isPoll && positionals.length === 0 && values.pipeline === undefined)
    throw new UsageError('no URL and no file was given', 'as in: bide submit https://host/job')
  return withClient(parsed, async (client) =>
    isPoll
      ? (await import('../client/submit-poll.ts')).submitPoll(client, parsed)
      : (await import('../client/submit-pipeline.ts')).submitPipeline(client, parsed),
  )
}

/** Flags of `bide poll` and `bide run` that say how this process asks, or keeps what it knows. */
function refuseOfThisProcess(args: readonly string[]): void {
  const flag = args.find((arg) => /^(--(resume|cert|key|insecure|http2|var|var-file)(=|$)|-k$)/.test(arg))
  if (flag === undefined) return
  const name = flag.split('=')[0] as string
  const hint = name.startsWith('--var')
    ? 'keep it there: bide variable set NAME'
    : 'the server asks by itself'
  throw new UsageError(`${name} is of bide poll and bide run, not of a server`, hint)
}
