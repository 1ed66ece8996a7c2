import { pollOutputs, taskStatus } from '../../core/outputs.ts'
import type { LedgerEntry, PollState } from '../../core/poll.ts'
import type { Redactor } from '../../core/redact.ts'
import { DEFAULT_SUCCESS, type PollTask } from '../../core/task.ts'
import type { PollStatus } from '../../store/store.ts'
import type { PollView } from '../engine.ts'
import { maskedHeaders, maskedTask, taskRedactor } from './mask.ts'

export interface Shown {
  readonly id: string
  readonly name: string | null
  readonly task: PollTask
  readonly state: PollState
  readonly isPaused: boolean
}

/** A poll as it may be shown to anybody. */
export function pollView({ id, name, task, state, isPaused }: Shown): PollView {
  const redactor = taskRedactor(task)
  const isWaiting = state.kind === 'waiting'
  return {
    id,
    name,
    status: statusOf(state, isPaused),
    outcome: isWaiting ? null : state.outcome,
    message: isWaiting ? null : redactor.text(state.message),
    task: maskedTask(task, redactor),
    iterationCount: state.iterationCount,
    nextAttemptAt: isWaiting && !isPaused ? isoTime(state.dueAt) : null,
    waitReason: isWaiting && !isPaused ? state.waitReason : null,
    last: lastAttempt(state, redactor),
    observed: state.observed,
    progress: isWaiting ? state.progress.value : null,
    deadlineAt: isWaiting && state.deadlineAt !== null ? isoTime(state.deadlineAt) : null,
    startedAt: isoTime(state.startedAt),
    endedAt: isWaiting ? null : isoTime(state.endedAt),
    output: isWaiting ? null : outputs(task, state, redactor),
  }
}

export function statusOf(state: PollState, isPaused: boolean): PollStatus {
  return state.kind === 'waiting' && isPaused ? 'PAUSED' : taskStatus(state)
}

function lastAttempt({ lastJudgement, lastValues }: PollState, redactor: Redactor): PollView['last'] {
  if (lastJudgement === null) return null
  const { verdict, reason } = lastJudgement
  return { verdict, reason: redactor.text(reason), values: maskedValues(lastValues, redactor) }
}

function maskedValues(values: LedgerEntry['values'], redactor: Redactor): LedgerEntry['values'] {
  return redactor.json(values) as LedgerEntry['values']
}

/** A line of the ledger as it may be shown. */
export function maskedEntry(entry: LedgerEntry, redactor: Redactor): LedgerEntry {
  return {
    ...entry,
    reason: redactor.text(entry.reason),
    values: maskedValues(entry.values, redactor),
    notes: entry.notes.map(redactor.text),
  }
}

/**
 * The same as text. What the conditions saw is the same object as long as the answer is. Every field is written out: a
 * copy and `JSON.stringify` take several times as long, at every attempt of every poll.
 */
export function maskedLine(entry: LedgerEntry, redactor: Redactor): string {
  const { iteration, startedAt, durationMs, code, verdict, next, bodyChanged } = entry
  const { reason, values, progress, notes } = entry
  let seen = seenTexts.get(values)
  if (seen?.reason !== reason || seen.redactor !== redactor) {
    const shown = { reason: redactor.text(reason), values: maskedValues(values, redactor) }
    seen = { reason, redactor, text: JSON.stringify(shown).slice(1) }
    seenTexts.set(values, seen)
  }
  const times = `"iteration":${iteration},"startedAt":${startedAt},"durationMs":${durationMs}`
  const found = `"code":${code},"verdict":"${verdict}","progress":${JSON.stringify(progress)},"bodyChanged":${bodyChanged}`
  const after = next === null ? null : `{"dueAt":${next.dueAt},"reason":"${next.reason}"}`
  const noted = notes.length === 0 ? '[]' : JSON.stringify(notes.map(redactor.text))
  return `{${times},${found},"next":${after},"notes":${noted},${seen.text}`
}

const seenTexts = new WeakMap<
  LedgerEntry['values'],
  { readonly reason: string; readonly redactor: Redactor; readonly text: string }
>()

function outputs(task: PollTask, state: PollState, redactor: Redactor): PollView['output'] {
  const shown = pollOutputs(task, state, redactor, task.exitCriteria.success ?? DEFAULT_SUCCESS)
  return { ...shown, inputHeaders: maskedHeaders(task.headers, redactor) }
}

function isoTime(at: number): string {
  return new Date(at).toISOString()
}
