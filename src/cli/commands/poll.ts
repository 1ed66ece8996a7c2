import { toJson } from '../../core/json.ts'
import { createRedactor } from '../../core/redact.ts'
import { type PollTaskInput, parsePollTask } from '../../core/task.ts'
import { type PollResult, poll } from '../../engine/poll.ts'
import { systemClock } from '../../engine/system-clock.ts'
import { createTransport } from '../../http/transport.ts'
import { exitCode } from '../exit-code.ts'
import { readHeaders, resolveValue } from '../headers.ts'
import { POLL_OPTIONS } from '../options.ts'
import { type Arguments, optionValue, parseArguments } from '../parse-arguments.ts'
import { readNamedFile } from '../read-file.ts'
import { liveView, type ProgressView, plainView, silentView } from '../render/progress.ts'
import { UsageError } from '../usage-error.ts'

/** `bide poll`: the exit code. */
export async function pollCommand(args: readonly string[]): Promise<number> {
  const parsed = parseArguments(POLL_OPTIONS, args)
  const { input, secrets } = await readTask(parsed)
  const task = parsePollTask(input)
  const printer = await readPrinter(text(parsed, 'print'))
  const redactor = createRedactor(secrets)
  const resumePath = text(parsed, 'resume')
  const resume = resumePath === undefined ? null : await import('../resume-file.ts')
  const from = resume && resumePath !== undefined ? resume.readResumeFile(resumePath, task) : null
  const transport = await createTransport({ client: 'lean', clock: systemClock, ...tlsFiles(parsed) })
  if (parsed.values.insecure) process.stderr.write('WARNING: --insecure: certificates are not verified\n')

  const view = createView(parsed, task.pollCount)
  const stop = stopOnSignal()
  const result = await poll(input, {
    signal: stop.signal,
    secrets,
    effects: { transport },
    ...(from && { resume: from }),
    onAttempt(entry, state) {
      if (resume && resumePath !== undefined) resume.writeResumeFile(resumePath, task, state, redactor)
      view.attempt(entry)
      if (parsed.values.jsonl) writeLine(toJson(entry))
    },
  }).finally(() => transport.close())
  view.end(result.message)
  writeResult(parsed, result, printer)
  return exitCode(result.outcome, stop.received())
}

async function readTask(parsed: Arguments): Promise<{ input: PollTaskInput; secrets: string[] }> {
  const secrets: string[] = []
  const path = text(parsed, 'file')
  const fromFile = path === undefined ? {} : (await import('../task-file.ts')).readTaskFile(path)
  const input: Record<string, unknown> = { ...fromFile }
  const [url, ...more] = parsed.positionals
  if (more.length > 0) throw new UsageError(`one URL is polled, but ${parsed.positionals.length} were given`)
  if (url !== undefined) input.url = url
  if (input.url === undefined) throw new UsageError('no URL was given', 'as in: bide poll https://host/job')
  for (const option of POLL_OPTIONS) {
    const value = parsed.values[option.flag]
    if (option.key === undefined || typeof value !== 'string') continue
    setKey(input, option.key, optionValue(option, value))
  }
  const given = readHeaders(list(parsed, 'header'), list(parsed, 'header-file'))
  secrets.push(...given.secrets)
  input.headers = { ...fileHeaders(input.headers, secrets), ...given.headers }
  const data = text(parsed, 'data')
  if (data !== undefined) {
    input.payload = data.startsWith('@') ? readNamedFile('--data', data.slice(1)) : data
    input.method ??= 'POST'
  }
  return { input: input as PollTaskInput, secrets }
}

function fileHeaders(headers: unknown, secrets: string[]): Record<string, unknown> {
  if (headers === null || typeof headers !== 'object') return {}
  return Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [
      name,
      typeof value === 'string' ? resolveValue(value, `headers.${name}`, secrets) : value,
    ]),
  )
}

function setKey(input: Record<string, unknown>, key: string, value: unknown): void {
  const [outer, inner] = key.split('.') as [string, string?]
  input[outer] = inner === undefined ? value : { ...(input[outer] as object | undefined), [inner]: value }
}

function tlsFiles(parsed: Arguments) {
  const pem = (flag: string) => {
    const path = text(parsed, flag)
    return path === undefined ? undefined : readNamedFile(`--${flag}`, path)
  }
  const [ca, cert, key] = [pem('cacert'), pem('cert'), pem('key')]
  if ((cert === undefined) !== (key === undefined)) throw new UsageError('--cert and --key go together')
  return {
    ...(ca !== undefined && { ca }),
    ...(cert !== undefined && { cert }),
    ...(key !== undefined && { key }),
    insecure: parsed.values.insecure === true,
    http2: parsed.values.http2 === true,
  }
}

function createView(parsed: Arguments, pollCount: number): ProgressView {
  if (parsed.values.quiet) return silentView
  const stream = process.stderr
  const color = stream.isTTY === true && !process.env.NO_COLOR
  const options = { stream, pollCount, now: systemClock.now, color }
  return stream.isTTY ? liveView(options) : plainView(options)
}

/** The first signal cancels what is in flight and lets it be reported; a second one ends at once. */
function stopOnSignal() {
  const controller = new AbortController()
  let received: NodeJS.Signals | null = null
  for (const name of ['SIGINT', 'SIGTERM'] as const) {
    process.on(name, () => {
      if (received !== null) process.exit(name === 'SIGINT' ? 130 : 143)
      received = name
      controller.abort(`by ${name}`)
    })
  }
  return { signal: controller.signal, received: () => received }
}

type Printer = (result: PollResult) => string

async function readPrinter(expression: string | undefined): Promise<Printer | null> {
  if (expression === undefined) return null
  const [{ compileValue }, { responseFacts }] = await Promise.all([
    import('../../condition/compile.ts'),
    import('../../core/facts.ts'),
  ])
  const evaluate = compileValue(expression)
  return ({ responseCode, responseHeaders, responseBody, iterationCount }) => {
    const response = { code: responseCode ?? 0, headers: responseHeaders, body: responseBody }
    const answer = evaluate(responseFacts(response, { iteration: iterationCount, elapsedSeconds: 0 }))
    if (answer.kind !== 'value') {
      const why = answer.kind === 'none' ? answer.why : answer.message
      process.stderr.write(`--print: ${expression}: ${why}\n`)
      return ''
    }
    return typeof answer.value === 'string' ? answer.value : toJson(answer.value)
  }
}

function writeResult(parsed: Arguments, result: PollResult, printer: Printer | null): void {
  if (parsed.values.json || parsed.values.jsonl) writeLine(toJson(result))
  else if (printer) writeLine(printer(result))
}

function writeLine(line: string): void {
  process.stdout.write(`${line}\n`)
}

function text({ values }: Arguments, flag: string): string | undefined {
  const value = values[flag]
  return typeof value === 'string' ? value : undefined
}

function list({ values }: Arguments, flag: string): readonly string[] {
  const value = values[flag]
  return Array.isArray(value) ? value : []
}
