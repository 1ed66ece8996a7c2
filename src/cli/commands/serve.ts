import { setFlagsFromString } from 'node:v8'
import { BideError } from '../../core/errors.ts'
import { VERSION } from '../../core/version.ts'
import { createLog, LOG_FORMATS, LOG_LEVELS, type Log } from '../../server/log.ts'
import { type ServerOptions, startServer } from '../../server/server.ts'
import { egressOf, engineOf, refuseForeign, restateAddresses } from '../engine-input.ts'
import { SERVE_OPTIONS } from '../options/server.ts'
import { type Arguments, listValue, optionValue, parseArguments, textValue } from '../parse-arguments.ts'
import { aborted, stopOnSignal } from '../stop.ts'
import { UsageError } from '../usage-error.ts'

const PORT = 4646
const GRACE_SECONDS = 10
const ORIGIN_CONCURRENCY = 16
const KEEP_SECONDS = 30 * 86_400

/**
 * V8 lets a heap grow to four times what was alive before it looks for what is dead, here to twice that. A poll's state
 * lives from one attempt to the next, so most of what grows is dead: this saves a quarter of all memory.
 */
const HEAP_GROWTH = '--heap-growing-percent=100'

/** `bide serve`: stays until a signal; 0 where it then ended in good order. */
export async function serveCommand(args: readonly string[]): Promise<number> {
  const parsed = parseArguments(SERVE_OPTIONS, args)
  const [stray] = parsed.positionals
  if (stray !== undefined) throw new UsageError(`'${stray}' is no option`)
  refuseForeign(parsed)
  const log = createLog({
    format: oneOf(parsed, 'log-format', LOG_FORMATS) ?? 'text',
    level: oneOf(parsed, 'log-level', LOG_LEVELS) ?? 'info',
  })
  const options = serverOptions(parsed, log)
  const graceSeconds = numberValue(parsed, 'grace') ?? GRACE_SECONDS
  setFlagsFromString(HEAP_GROWTH)
  const server = await startServer(options)
  const { signal } = stopOnSignal()
  const { dataFolder, egress, restate } = options
  const { url } = server
  const where = restate ? `runs in Restate at ${restate.ingress.join(', ')}` : `data in ${dataFolder}`
  const listening = `listening on ${url} (${where}, egress ${egress.mode})`
  const kept = restate ? { restate: restate.ingress.join(' ') } : { dataFolder }
  log('info', 'listening', listening, { url, ...kept, egress: egress.mode, version: VERSION })
  await aborted(signal)
  log('info', 'stopping', 'stopping')
  await server.stop(graceSeconds * 1000)
  log('debug', 'stopped', 'stopped')
  return 0
}

function serverOptions(parsed: Arguments, log: Log): ServerOptions {
  return {
    port: portOf(parsed),
    host: textValue(parsed, 'host') ?? '127.0.0.1',
    dataFolder: textValue(parsed, 'data') ?? './bide-data',
    keyFile: textValue(parsed, 'key-file') ?? (process.env.BIDE_KEY_FILE || null),
    keyHex: process.env.BIDE_KEY || null,
    tokensFile: textValue(parsed, 'tokens') ?? null,
    allowHosts: listValue(parsed, 'allow-host'),
    egress: egressOf(parsed),
    restate: engineOf(parsed) === 'restate' ? restateAddresses(parsed) : null,
    keepMs: (numberValue(parsed, 'keep') ?? KEEP_SECONDS) * 1000,
    keepRows: numberValue(parsed, 'keep-rows') ?? Number.POSITIVE_INFINITY,
    maxStoreBytes: numberValue(parsed, 'max-store-bytes') ?? Number.POSITIVE_INFINITY,
    limits: {
      perOrigin: atLeastOne(parsed, 'origin-concurrency') ?? ORIGIN_CONCURRENCY,
      ratePerOrigin: atLeastOne(parsed, 'origin-rate') ?? Number.POSITIVE_INFINITY,
    },
    log,
    onProblem: (error) => log('error', 'problem', complaintOf(error)),
  }
}

function portOf(parsed: Arguments): number {
  const port = numberValue(parsed, 'port') ?? PORT
  if (port > 65_535) throw new UsageError(`--port: ${port} is no port`)
  return port
}

function oneOf<T extends string>(parsed: Arguments, flag: string, words: readonly T[]): T | null {
  const text = textValue(parsed, flag)
  const word = words.find((one) => one === text)
  if (text !== undefined && word === undefined)
    throw new UsageError(`--${flag}: '${text}' is none of ${words.join(', ')}`)
  return word ?? null
}

function numberValue(parsed: Arguments, flag: string): number | null {
  const text = textValue(parsed, flag)
  const option = SERVE_OPTIONS.find((one) => one.flag === flag)
  return text === undefined || option === undefined ? null : Number(optionValue(option, text))
}

/** With none at a time or a second, nothing would ever be asked. */
function atLeastOne(parsed: Arguments, flag: string): number | null {
  const number = numberValue(parsed, flag)
  if (number === 0) throw new UsageError(`--${flag}: expected at least 1`)
  return number
}

function complaintOf(error: unknown): string {
  if (error instanceof BideError) return error.message
  return `a defect of bide, please report it: ${error instanceof Error ? (error.stack ?? error.message) : error}`
}
