import type { Lookup } from '../binding/render.ts'
import { type Attempt, isTransient } from '../core/attempt.ts'
import { BideError } from '../core/errors.ts'
import { parseJson } from '../core/json.ts'
import { pollOutputs } from '../core/outputs.ts'
import { advance, cancel, type LedgerEntry, type Outcome, type PollState, start } from '../core/poll.ts'
import type { Redactor } from '../core/redact.ts'
import { retryAfterMs } from '../core/retry-after.ts'
import type { PollDefinition, RestDefinition, Task } from './definition.ts'
import { renderPoll, renderRest } from './render-task.ts'
import type { TaskRun } from './run-state.ts'
import { runFacts } from './scope.ts'

/** What a task is started and answered with. */
export interface TaskEnv {
  readonly lookup: Lookup
  readonly redactor: Redactor
  /** Epoch ms. */
  readonly now: number
}

/** How a task begins. A PIPELINE task begins RUNNING without work: its run is made by the caller. */
export function startTask(task: Task, env: TaskEnv): TaskRun {
  const begun = { ...NOT_BEGUN, startedAt: env.now }
  try {
    return skipped(task, begun, env) ?? begin(task, begun, env)
  } catch (error) {
    if (!(error instanceof BideError)) throw error
    return ended(task, begun, env, { outcome: 'failed', message: error.message })
  }
}

const NOT_BEGUN: TaskRun = {
  status: 'RUNNING',
  message: '',
  outcome: null,
  output: {},
  startedAt: 0,
  endedAt: null,
  work: null,
  recent: '',
  child: null,
}

function skipped(task: Task, begun: TaskRun, env: TaskEnv): TaskRun | null {
  if (task.preCondition === null) return null
  const { result, sentence } = task.preCondition.explain(runFacts(task.preCondition.source, env.lookup))
  if (result.kind === 'holds') return null
  if (result.kind === 'error') throw new BideError('invalid-condition', `the precondition: ${result.message}`)
  const message = env.redactor.text(`The precondition does not hold: ${sentence}.`)
  return { ...begun, status: 'SKIPPED', message, endedAt: env.now }
}

function begin(task: Task, begun: TaskRun, env: TaskEnv): TaskRun {
  switch (task.type) {
    case 'POLL': {
      const state = start(renderPoll(task, env.lookup).task, env.now)
      return { ...begun, work: { kind: 'poll', state, last: null } }
    }
    case 'REST':
      renderRest(task, env.lookup, null)
      return { ...begun, work: { kind: 'rest', tries: 0, dueAt: env.now, isSent: false } }
    case 'CONDITION': {
      const { result, sentence } = task.condition.explain(runFacts(task.condition.source, env.lookup))
      const holds = result.kind === 'holds'
      const message = `The condition ${holds ? 'holds' : 'does not hold'}: ${sentence}.`
      return ended(task, begun, env, { outcome: holds ? 'succeeded' : 'failed', message })
    }
    case 'PIPELINE':
      return begun
  }
}

/** What came of an exchange, with a random number in [0, 1) for the jitter. */
export interface Answer {
  readonly attempt: Attempt
  readonly random: number
}

/** A task after an answer to what it had sent, and the ledger's line about it where it is a Poll task. */
export function answerTask(
  task: Task,
  run: TaskRun,
  { env, answer }: { env: TaskEnv; answer: Answer },
): { readonly run: TaskRun; readonly entry: LedgerEntry | null } {
  if (task.type === 'POLL' && run.work?.kind === 'poll') {
    const poll = renderPoll(task, env.lookup)
    const { state, entry: seen } = advance(poll, run.work.state, { ...answer, now: env.now })
    const entry = env.redactor.json(seen) as LedgerEntry
    const { recent } = state
    if (state.kind === 'waiting')
      return { run: { ...run, recent, work: { kind: 'poll', state, last: entry } }, entry }
    return { run: endedPoll(task, { ...run, recent }, { env, state }), entry }
  }
  if (task.type !== 'REST' || run.work?.kind !== 'rest') return { run, entry: null }
  return {
    run: answeredRest(task, run, { env, attempt: answer.attempt, tries: run.work.tries }),
    entry: null,
  }
}

/** A task that is ended from outside; `by` completes "cancelled by ...". */
export function cancelTask(task: Task, run: TaskRun, env: TaskEnv, by: string): TaskRun {
  if (task.type === 'POLL' && run.work?.kind === 'poll') {
    const state = cancel(renderPoll(task, env.lookup), run.work.state, { by, now: env.now })
    return endedPoll(task, run, { env, state })
  }
  return ended(task, run, env, { outcome: 'cancelled', message: `Cancelled ${by}.` })
}

/** A REST task of which nobody knows whether it reached the server: bide stopped while it was in flight. */
export function loseTask(task: RestDefinition, run: TaskRun, env: TaskEnv): TaskRun {
  const { method, url } = renderRest(task, env.lookup, null)
  const message =
    `Unknown: bide stopped while ${method} ${env.redactor.url(url)} was in flight. ` +
    'The server may have received it; it is not sent again in silence.'
  return ended(task, run, env, { outcome: 'broken', message })
}

/** A task with its end: FAILED_CONTINUE where the file lets the pipeline go on. */
export function ended(
  task: Task,
  run: TaskRun,
  { redactor, now }: TaskEnv,
  end: { outcome: Outcome; message: string; output?: TaskRun['output'] },
): TaskRun {
  const { outcome, message, output = run.output } = end
  return {
    ...run,
    status: statusOf(task, outcome),
    message: redactor.text(message),
    outcome,
    output,
    endedAt: now,
    work: null,
  }
}

function statusOf(task: Task, outcome: Outcome): TaskRun['status'] {
  if (outcome === 'succeeded') return 'COMPLETED'
  if (outcome === 'cancelled') return 'CANCELED'
  return task.continueOnFailure ? 'FAILED_CONTINUE' : 'FAILED'
}

function endedPoll(
  task: PollDefinition,
  run: TaskRun,
  { env, state }: { env: TaskEnv; state: PollState },
): TaskRun {
  if (state.kind !== 'done') return run
  const { task: rendered, criteria } = renderPoll(task, env.lookup)
  const output = { ...pollOutputs(rendered, state, env.redactor, criteria.success.source) }
  return ended(task, run, env, { outcome: state.outcome, message: state.message, output })
}

interface RestAnswer {
  readonly env: TaskEnv
  readonly attempt: Attempt
  readonly tries: number
}

function answeredRest(task: RestDefinition, run: TaskRun, { env, attempt, tries }: RestAnswer): TaskRun {
  const { result } = attempt
  const code = result.kind === 'response' ? result.response.code : null
  const isGood = code !== null && code >= 200 && code <= 299
  const { retry } = task.input
  if (!isGood && retry !== null && tries < retry.count && (code === 429 || isTransient(result))) {
    const headers = result.kind === 'response' ? result.response.headers : {}
    const waitMs = Math.max(retry.intervalSeconds * 1000, retryAfterMs(headers, env.now) ?? 0)
    return { ...run, work: { kind: 'rest', tries: tries + 1, dueAt: env.now + waitMs, isSent: false } }
  }
  const output = restOutputs(attempt, isGood, env.redactor)
  if (isGood)
    return ended(task, run, env, { outcome: 'succeeded', message: `The server answered ${code}.`, output })
  if (result.kind === 'response') {
    return ended(task, run, env, {
      outcome: 'failed',
      message: `Request failed with status code : ${code}`,
      output,
    })
  }
  return ended(task, run, env, {
    outcome: 'broken',
    message: `Request failed: ${result.failure.message}`,
    output,
  })
}

/** The five outputs of a REST task, under exactly these names. */
function restOutputs({ result }: Attempt, isGood: boolean, redactor: Redactor): TaskRun['output'] {
  const { code = null, headers = {}, body = '' } = result.kind === 'response' ? result.response : {}
  return {
    status: isGood ? 'COMPLETED' : 'FAILED',
    responseHeaders: redactor.headers(headers),
    responseBody: redactor.text(body),
    responseJson: redactor.json(parseJson(body) ?? null),
    responseCode: code,
  }
}
