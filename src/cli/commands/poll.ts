import { toJson } from '../../core/json.ts'
import { createRedactor } from '../../core/redact.ts'
import { poll } from '../../engine/poll.ts'
import { systemClock } from '../../engine/system-clock.ts'
import { createTransport } from '../../http/transport.ts'
import { exitCode } from '../exit-code.ts'
import { POLL_OPTIONS } from '../options/local.ts'
import { parseArguments, textValue } from '../parse-arguments.ts'
import { readTask } from '../poll-input.ts'
import { located } from '../problems.ts'
import { plain } from '../render/progress.ts'
import { pollView } from '../render/stderr-view.ts'
import { writeOut } from '../standard-output.ts'
import { stopOnSignal } from '../stop.ts'
import { tlsFiles } from '../tls-files.ts'
import { readPrinter, writeResult } from '../write-result.ts'

/** `bide poll`: the exit code. */
export async function pollCommand(args: readonly string[]): Promise<number> {
  const parsed = parseArguments(POLL_OPTIONS, args)
  const { input, task, secrets, origins } = await readTask(parsed)
  const printer = await readPrinter(parsed)
  const redactor = createRedactor(secrets)
  const resumePath = textValue(parsed, 'resume')
  const resume =
    resumePath === undefined
      ? null
      : (await import('../resume-file.ts')).openResumeFile(resumePath, task, redactor)
  const transport = await createTransport({ client: 'lean', clock: systemClock, ...tlsFiles(parsed) })
  if (parsed.values.insecure) process.stderr.write('WARNING: --insecure: certificates are not verified\n')

  const view = await pollView(parsed, task.pollCount)
  const stop = stopOnSignal()
  try {
    const result = await poll(input, {
      signal: stop.signal,
      secrets,
      effects: { transport },
      ...(resume?.state && { resume: resume.state, attempts: resume.attempts }),
      onAttempt(entry, state) {
        resume?.write(entry, state)
        view.attempt(entry)
        if (parsed.values.jsonl) writeOut(`${toJson(entry)}\n`)
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
