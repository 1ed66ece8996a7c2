import { toJson } from '../../core/json.ts'
import { withClient } from '../client/connect.ts'
import { askEither, readId } from '../client/find-run.ts'
import { COMMAND_OPTIONS } from '../options/client.ts'
import { parseArguments } from '../parse-arguments.ts'
import { plain } from '../render/progress.ts'
import { writeOut } from '../standard-output.ts'

/** What became of a poll or an execution. */
interface Ordered {
  readonly status: string
  readonly message?: string | null
  readonly statusMessage?: string
}

/** `bide cancel|pause|resume|now ID`: answered once the server has kept it. */
export async function orderCommand(
  order: 'cancel' | 'pause' | 'resume' | 'now',
  args: readonly string[],
): Promise<number> {
  const parsed = parseArguments(COMMAND_OPTIONS, args)
  const id = readId(order, parsed)
  return withClient(parsed, async (client) => {
    const { json } = await askEither(client, id, { method: 'POST', more: `/${order}` })
    const { status, message, statusMessage } = json as Ordered
    if (parsed.values.json) writeOut(`${toJson(json)}\n`)
    if (!parsed.values.quiet) {
      const said = [id, order === 'now' ? 'asks now' : status, message ?? statusMessage ?? '']
      process.stderr.write(`${plain(said.filter((part) => part !== '').join('  '))}\n`)
    }
    return 0
  })
}
