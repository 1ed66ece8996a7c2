import { BideError } from '../core/errors.ts'
import type { LedgerEntry } from '../core/poll.ts'
import type { Redactor } from '../core/redact.ts'
import { runAt } from '../pipeline/exchanges.ts'
import { renderPoll } from '../pipeline/render-task.ts'
import { taskOf } from '../pipeline/run.ts'
import type { RunState, TaskRun } from '../pipeline/run-state.ts'
import { type RunContext, scopeOf } from '../pipeline/scope.ts'
import type { EventQuery, StoredEvent } from '../store/store.ts'
import { answerOf, shownResponse } from './embedded/attempt-view.ts'
import type { ShownResponse } from './engine.ts'
import type { AttemptQuery, TaskAttemptView } from './executions.ts'

/** What an event of an attempt tells. */
export interface TaskAttempt {
  readonly path: readonly string[]
  readonly entry: LedgerEntry
}

export interface FoundAttempt extends TaskAttempt {
  /** Of its event. */
  readonly number: number
  readonly folded: number
  /** The number of the event that its answer was kept with: its own, or that of one like it before. */
  readonly answeredBy: number
}

/** Whether an attempt's answer is kept with it: that of one like it before stands for both. */
export function hasNews(entry: LedgerEntry, before: LedgerEntry | null): boolean {
  return (
    before === null ||
    entry.bodyChanged ||
    entry.code !== before.code ||
    entry.verdict !== before.verdict ||
    entry.reason !== before.reason
  )
}

const PAGE = 200

/** Looks an attempt up among the events of an execution. */
export async function findTaskAttempt(
  read: (query: EventQuery) => Promise<readonly StoredEvent[]>,
  { task, iteration }: AttemptQuery,
): Promise<FoundAttempt | null> {
  let wanted = task
  let before: LedgerEntry | null = null
  let answeredBy = 0
  for (let after = 0; ; ) {
    const events = await read({ after, limit: PAGE, kind: 'attempt' })
    for (const { number, data, folded } of events) {
      after = number
      const { path, entry } = JSON.parse(data) as TaskAttempt
      wanted ??= pathText(path)
      if (pathText(path) !== wanted) continue
      if (hasNews(entry, before)) answeredBy = number
      if (entry.iteration >= iteration) return { number, path, entry, folded, answeredBy }
      before = entry
    }
    if (events.length < PAGE) return null
  }
}

/** A path as it is told. */
export function pathText(path: readonly string[]): string {
  return path.join(' > ')
}

/** An attempt with as much as the run itself tells of its answer: that of the last one of its task. */
export function taskAttemptView(context: RunContext, run: RunState, found: FoundAttempt): TaskAttemptView {
  const { path, entry: attempt, folded } = found
  const inner = runAt(run, path)
  const key = path.at(-1) as string
  const task = inner?.tasks[key]
  // The run of a rollback gives way to that of the next.
  if (inner === null || task === undefined)
    return { attempt, folded, response: null, isKept: false, bindings: {} }
  const response = lastAnswer(task, attempt, context.redactor)
  return { attempt, folded, response, isKept: response !== null, bindings: bindingsOf(context, inner, key) }
}

/** What came back in an attempt, where it was the last of its task; null where it was another, or that is not sure. */
function lastAnswer({ work, output }: TaskRun, entry: LedgerEntry, redactor: Redactor): ShownResponse | null {
  if (work?.kind === 'poll') {
    const answer = answerOf(work.state, entry)
    return answer && shownResponse(answer, redactor)
  }
  const { responseCode: code, responseHeaders, responseBody, iterationCount } = output
  // Outputs are of the last whole answer, and after a broken attempt that may be an earlier one.
  if (iterationCount !== entry.iteration || entry.verdict === 'broken' || typeof code !== 'number')
    return null
  const body = String(responseBody)
  const headers = responseHeaders as ShownResponse['headers']
  return { code, headers, body, bodyLength: body.length }
}

function bindingsOf(context: RunContext, run: RunState, key: string): TaskAttemptView['bindings'] {
  const task = taskOf(context, run, key)
  if (task.type !== 'POLL') return {}
  try {
    const { bindings = {} } = renderPoll(task, scopeOf(context, run))
    return context.redactor.json(bindings) as TaskAttemptView['bindings']
  } catch (error) {
    if (error instanceof BideError) return {}
    throw error
  }
}
