import { describeSeconds } from '../../core/message.ts'
import type { ExecutionView, TaskView, WaitingTask } from '../../engine/executions.ts'
import { isEnded } from '../../pipeline/run-state.ts'
import { describe, whatNext } from './progress.ts'
import { oneLine, type RunRow, type ShownRun } from './run-rows.ts'

/** A run of a server. */
export function shownExecution(execution: ExecutionView): ShownRun {
  const { name, status, statusMessage, notes } = execution
  return { name, status, message: statusMessage, notes, rows: (now) => rowsOf(execution, now) }
}

function rowsOf(execution: ExecutionView, now: number): RunRow[] {
  const { name, status, startedAt, endedAt } = execution
  const until = endedAt === null ? now : Date.parse(endedAt)
  const text = describeSeconds(Math.max(0, until - Date.parse(startedAt)) / 1000)
  const own: RunRow = { key: '', depth: 0, name, status, text, isTask: false }
  return [own, ...innerRows(execution, { now, depth: 1, prefix: '' })]
}

interface At {
  readonly now: number
  readonly depth: number
  readonly prefix: string
}

function innerRows({ shape, stages, rollback }: ExecutionView, at: At): RunRow[] {
  const { depth, prefix } = at
  const rows = shape.stages.flatMap(({ name, steps }): RunRow[] => {
    const stage = stages[name]
    const status = stage?.status ?? 'NOT_STARTED'
    const own: RunRow = { key: prefix + name, depth, name, status, text: '', isTask: false }
    const tasks = steps
      .flat()
      .flatMap((task) => taskRows(task.name, stage?.tasks[task.name], { ...at, prefix: `${prefix}${name}.` }))
    return [own, ...tasks]
  })
  if (rollback === null) return rows
  const name = `rollback ${rollback.name}`
  const key = prefix + name
  const { status, statusMessage } = rollback
  const own: RunRow = { key, depth, name, status, text: oneLine(statusMessage), isTask: false }
  return [...rows, own, ...innerRows(rollback, { ...at, depth: depth + 1, prefix: `${key} > ` })]
}

function taskRows(name: string, task: TaskView | undefined, { now, depth, prefix }: At): RunRow[] {
  const key = prefix + name
  const status = task?.status ?? 'NOT_STARTED'
  const text = task === undefined ? '' : oneLine(taskText(task, now))
  const row: RunRow = { key, depth: depth + 1, name, status, text, isTask: true }
  if (!task?.execution) return [row]
  return [row, ...innerRows(task.execution, { now, depth: depth + 2, prefix: `${key} > ` })]
}

function taskText({ status, message, poll, type }: TaskView, now: number): string {
  if (isEnded(status)) return message
  if (poll !== null) return pollTaskText(poll, now)
  return status === 'RUNNING' && type.toUpperCase() === 'REST' ? 'sent, no answer yet' : message
}

/** As an attempt of a poll in this process is told. */
function pollTaskText({ iterationCount, pollCount, ...poll }: WaitingTask, now: number): string {
  if (poll.last === null) return `${describe(null, pollCount)}  ${whatNext(null, now)}`
  const { last, responseCode, progress, nextAttemptAt, waitReason } = poll
  const next = nextAttemptAt === null ? null : { dueAt: Date.parse(nextAttemptAt), reason: waitReason }
  const entry = { ...last, iteration: iterationCount, code: responseCode, progress, next, notes: [] }
  return [describe(entry, pollCount), whatNext(entry, now)].filter(Boolean).join('  ')
}
