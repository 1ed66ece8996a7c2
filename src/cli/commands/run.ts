import { randomUUID } from 'node:crypto'
import { toJson } from '../../core/json.ts'
import { createRedactor } from '../../core/redact.ts'
import { runPipeline } from '../../engine/run-pipeline.ts'
import { systemClock } from '../../engine/system-clock.ts'
import { createTransport } from '../../http/transport.ts'
import { taskChanges } from '../../pipeline/changes.ts'
import { unknownExchanges } from '../../pipeline/exchanges.ts'
import { renderProblem } from '../../pipeline/problem.ts'
import { runReport } from '../../pipeline/report.ts'
import { advanceRun, startRun } from '../../pipeline/run.ts'
import { runOutcome } from '../../pipeline/run-outcome.ts'
import { isEnded, type RunState } from '../../pipeline/run-state.ts'
import type { RunContext } from '../../pipeline/scope.ts'
import { exitCode } from '../exit-code.ts'
import { RUN_OPTIONS } from '../options/local.ts'
import { type Arguments, parseArguments, textValue } from '../parse-arguments.ts'
import { plain } from '../render/progress.ts'
import { shownRun } from '../render/run-rows.ts'
import { runView } from '../render/stderr-run-view.ts'
import { openRunFile } from '../run-file.ts'
import { type RunInput, readRunInput } from '../run-input.ts'
import { writeOut } from '../standard-output.ts'
import { type StopSignal, stopOnSignal } from '../stop.ts'
import { tlsFiles } from '../tls-files.ts'

/** `bide run`: the exit code. */
export async function runCommand(args: readonly string[]): Promise<number> {
  const parsed = parseArguments(RUN_OPTIONS, args)
  const resumePath = textValue(parsed, 'resume')
  const file = resumePath === undefined ? null : openRunFile(resumePath)
  const kept = file?.paths ?? null
  const paths = parsed.positionals.length > 0 ? parsed.positionals : (kept ?? [])
  const input = readRunInput(parsed, { paths, isResumed: kept !== null })
  const redactor = createRedactor(input.secrets.map(({ value }) => value))
  const context: RunContext = { pipelines: input.pipelines, variables: input.variables, redactor }
  if (!parsed.values.quiet)
    for (const problem of input.warnings) tell(`${redactor.text(renderProblem(problem))}`)

  const earlier = file?.read(input) ?? null
  const from = earlier ?? begin(context, input)
  const known = settleUnknown(context, from, parsed.values['retry-unknown'] === true)
  if (known.isLost) return report(context, known.run, parsed, null)
  if (earlier !== null && isEnded(earlier.status) && !parsed.values.quiet) {
    tell(`It had ended before: remove ${resumePath} to run anew.`)
  }
  return carryOn(context, known.run, { parsed, keep: file?.writer(input, redactor) ?? (() => {}) })
}

function begin(context: RunContext, { pipeline, input }: RunInput): RunState {
  const now = systemClock.now()
  return startRun(context, {
    pipeline: pipeline.name,
    executionId: randomUUID(),
    input,
    requestBy: user(),
    now,
  })
}

function user(): string {
  return process.env.USER ?? process.env.USERNAME ?? ''
}

/** A REST request that was in flight when the command was killed is sent again only where that is safe or asked for. */
function settleUnknown(
  context: RunContext,
  run: RunState,
  sendAgain: boolean,
): { run: RunState; isLost: boolean } {
  const now = systemClock.now()
  const unknown = unknownExchanges(context, run)
  const isLost = !sendAgain && unknown.some(({ isSafe }) => !isSafe)
  const settled = unknown.reduce((state, { path, isSafe }) => {
    const event = { kind: 'lost', path, sendAgain: sendAgain || isSafe, now } as const
    return advanceRun(context, state, event).run
  }, run)
  if (isLost)
    tell(
      'Look what the server has made of it; then --retry-unknown sends it again. The state is kept as it was.',
    )
  return { run: settled, isLost }
}

interface Carried {
  readonly parsed: Arguments
  readonly keep: (run: RunState) => void
}

async function carryOn(context: RunContext, from: RunState, { parsed, keep }: Carried): Promise<number> {
  const transport = await createTransport({ client: 'lean', clock: systemClock, ...tlsFiles(parsed) })
  if (parsed.values.insecure) tell('WARNING: --insecure: certificates are not verified')
  const view = await runView(parsed)
  const stop = stopOnSignal()
  let before: RunState | null = null
  try {
    const run = await runPipeline(context, from, {
      effects: { clock: systemClock, random: Math.random, transport },
      signal: stop.signal,
      onStep({ run, attempt }) {
        keep(run)
        view.step(shownRun(context, run))
        if (parsed.values.jsonl) writeChanges({ before, run, attempt })
        before = run
      },
    })
    view.end(shownRun(context, run))
    return report(context, run, parsed, stop.received())
  } finally {
    view.close()
    await transport.close()
  }
}

interface Change {
  readonly before: RunState | null
  readonly run: RunState
  readonly attempt: { readonly path: readonly string[]; readonly entry: object } | null
}

/** A line for each task whose status has changed, and for each attempt. */
function writeChanges({ before, run, attempt }: Change): void {
  if (attempt) writeLine(toJson({ task: attempt.path.join(' > '), ...attempt.entry }))
  for (const { path, status, message } of taskChanges(before, run))
    writeLine(toJson({ task: path.join(' > '), status, message }))
}

function report(
  context: RunContext,
  run: RunState,
  { values }: Arguments,
  signal: StopSignal | null,
): number {
  if (values.json || values.jsonl) writeLine(toJson(runReport(context, run)))
  return exitCode(runOutcome(run) ?? 'failed', signal)
}

function writeLine(line: string): void {
  writeOut(`${line}\n`)
}

function tell(text: string): void {
  process.stderr.write(`${plain(text)}\n`)
}
