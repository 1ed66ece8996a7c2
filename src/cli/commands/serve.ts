import { BideError } from '../../core/errors.ts'
import { EGRESS_MODES, type EgressMode } from '../../http/egress.ts'
import { type ServerOptions, startServer } from '../../server/server.ts'
import { SERVE_OPTIONS } from '../options.ts'
import { type Arguments, listValue, optionValue, parseArguments, textValue } from '../parse-arguments.ts'
import { stopOnSignal } from '../stop.ts'
import { UsageError } from '../usage-error.ts'

const PORT = 4646
const GRACE_SECONDS = 10
const KEEP_SECONDS = 30 * 86_400

/** `bide serve`: stays until a signal; 0 where it then ended in good order. */
export async function serveCommand(args: readonly string[]): Promise<number> {
  const parsed = parseArguments(SERVE_OPTIONS, args)
  const [stray] = parsed.positionals
  if (stray !== undefined) throw new UsageError(`'${stray}' is no option`)
  const options = serverOptions(parsed)
  const graceSeconds = numberValue(parsed, 'grace') ?? GRACE_SECONDS
  const server = await startServer(options)
  const { signal } = stopOnSignal()
  say(`listening on ${server.url} (data in ${options.dataFolder}, egress ${options.egress.mode})`)
  await new Promise((resolve) => {
    if (signal.aborted) resolve(null)
    else signal.addEventListener('abort', resolve)
  })
  say('stopping')
  await server.stop(graceSeconds * 1000)
  return 0
}

function serverOptions(parsed: Arguments): ServerOptions {
  return {
    port: portOf(parsed),
    host: textValue(parsed, 'host') ?? '127.0.0.1',
    dataFolder: textValue(parsed, 'data') ?? './bide-data',
    keyFile: textValue(parsed, 'key-file') ?? (process.env.BIDE_KEY_FILE || null),
    tokensFile: textValue(parsed, 'tokens') ?? null,
    allowHosts: listValue(parsed, 'allow-host'),
    egress: {
      mode: modeOf(textValue(parsed, 'egress') ?? 'internal'),
      allow: listValue(parsed, 'egress-allow'),
      deny: listValue(parsed, 'egress-deny'),
    },
    keepMs: (numberValue(parsed, 'keep') ?? KEEP_SECONDS) * 1000,
    onProblem: (error) => say(complaintOf(error)),
  }
}

function portOf(parsed: Arguments): number {
  const port = numberValue(parsed, 'port') ?? PORT
  if (port > 65_535) throw new UsageError(`--port: ${port} is no port`)
  return port
}

function modeOf(text: string): EgressMode {
  const mode = EGRESS_MODES.find((one) => one === text)
  if (mode === undefined) throw new UsageError(`--egress: '${text}' is none of ${EGRESS_MODES.join(', ')}`)
  return mode
}

function numberValue(parsed: Arguments, flag: string): number | null {
  const text = textValue(parsed, flag)
  const option = SERVE_OPTIONS.find((one) => one.flag === flag)
  return text === undefined || option === undefined ? null : Number(optionValue(option, text))
}

function complaintOf(error: unknown): string {
  if (error instanceof BideError) return error.message
  return `a defect of bide, please report it: ${error instanceof Error ? (error.stack ?? error.message) : error}`
}

function say(text: string): void {
  process.stderr.write(`bide serve: ${text}\n`)
}
