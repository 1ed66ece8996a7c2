import { toJson } from '../../core/json.ts'
import { createRedactor } from '../../core/redact.ts'
import { type PollResult, poll } from '../../engine/poll.ts'
import { systemClock } from '../../engine/system-clock.ts'
import { createTransport } from '../../http/transport.ts'
import { exitCode } from '../exit-code.ts'
import { POLL_OPTIONS } from '../options.ts'
import { type Arguments, parseArguments, textValue } from '../parse-arguments.ts'
import { readTask } from '../poll-input.ts'
import type { Printer } from '../print-value.ts'
import { located } from '../problems.ts'
import { type ProgressView, plain, plainView, silentView } from '../render/progress.ts'
import { writeOut } from '../standard-output.ts'
import { stopOnSignal } from '../stop.ts'
import { tlsFiles } from '../tls-files.ts'

/** `bide poll`: the exit code. */
export async function pollCommand(args: readonly string[]): Promise<number> {
  const parsed = parseArguments(POLL_OPTIONS, args)
  const { input, task, secrets, origins } = await readTask(parsed)
  const expression = textValue(parsed, 'print')
  const printer =
    expression === undefined ? null : await (await import('../print-value.ts')).createPrinter(expression)
  const redactor = createRedactor(secrets)
  const resumePath = textValue(parsed, 'resume')
  const resume =
    resumePath === undefined
      ? null
      : (await import('../resume-file.ts')).openResumeFile(resumePath, task, redactor)
  const transport = await createTransport({ client: 'lean', clock: systemClock, ...tlsFiles(parsed) })
  if (parsed.values.insecure) process.stderr.write('WARNING: --insecure: certificates are not verified\n')

  const view = await createView(parsed, task.pollCount)
  const stop = stopOnSignal()
  try {
    const result = await poll(input, {
      signal: stop.signal,
      secrets,
      effects: { transport },
      ...(resume?.state && { resume: resume.state }),
      onAttempt(entry, state) {
        resume?.write(state)
        view.attempt(entry)
        if (parsed.values.jsonl) writeLine(toJson(entry))
      },
    })
    view.end(result.message)
    if (resume?.state?.kind === 'done' && !parsed.values.quiet) {
      process.stderr.write(plain(`It had ended before: remove ${resumePath} to poll anew.\n`))
    }
    writeResult(parsed, result, printer)
    return exitCode(result.outcome, stop.received())
  } catch (error) {
    throw await located(error, origins)
  } finally {
    view.close()
    await transport.close()
  }
}

/** A live line only where nothing else is written to the same terminal. */
async function createView({ values }: Arguments, pollCount: number): Promise<ProgressView> {
  if (values.quiet) return silentView
  const stream = process.stderr
  const isLive = stream.isTTY && process.env.TERM !== 'dumb' && !(values.jsonl && process.stdout.isTTY)
  const options = { stream, pollCount, now: systemClock.now }
  if (!isLive) return plainView(options)
  const color = !process.env.NO_COLOR && values['no-color'] !== true
  return (await import('../render/live-view.ts')).liveView({ ...options, color })
}

function writeResult(parsed: Arguments, result: PollResult, printer: Printer | null): void {
  if (parsed.values.json || parsed.values.jsonl) writeLine(toJson(result))
  else if (printer) writeLine(printer(result))
}

function writeLine(line: string): void {
  writeOut(`${line}\n`)
}
