import { type Task, tasksOf } from '../pipeline/definition.ts'
import { pendingExchanges } from '../pipeline/exchanges.ts'
import { pipelineShape } from '../pipeline/picture.ts'
import { runReport } from '../pipeline/report.ts'
import { runOutcome } from '../pipeline/run-outcome.ts'
import { isEnded, type RunState, type TaskRun, taskKey } from '../pipeline/run-state.ts'
import { envOf, pipelineOf, type RunContext } from '../pipeline/scope.ts'
import { taskInputs } from '../pipeline/task-inputs.ts'
import type { ExecutionView, RunRow, StageView, TaskView, WaitingTask } from './executions.ts'

/** An execution as it stands. */
export interface StandingExecution {
  readonly context: RunContext
  readonly run: RunState
  /** It was moved elsewhere, and does nothing here: it looks paused, whatever it waits for. */
  readonly isHeld?: boolean
}

/** An execution as it may be shown to anybody. */
export function executionView({ context, run, isHeld = false }: StandingExecution): ExecutionView {
  return { ...viewOf(context, run, isHeld), status: statusOf(run, isHeld) }
}

function statusOf({ status }: RunState, isHeld: boolean): RunState['status'] {
  return isHeld && !isEnded(status) ? 'PAUSED' : status
}

function viewOf(context: RunContext, run: RunState, isHeld: boolean): ExecutionView {
  const { stages, ...report } = runReport(context, run)
  const pipeline = pipelineOf(context, run.pipeline)
  const tasks = new Map(tasksOf(pipeline).map((task) => [taskKey(task), task]))
  const views = Object.entries(stages).map(([stage, { status, tasks: reports }]): [string, StageView] => {
    const shown = Object.entries(reports).map(([name, report]): [string, TaskView] => {
      const key = `${stage}.${name}`
      return [name, { ...report, ...taskView(context, run, { task: tasks.get(key) as Task, isHeld }) }]
    })
    return [stage, { status, tasks: Object.fromEntries(shown) }]
  })
  const { redactor } = context
  return {
    ...report,
    outcome: runOutcome(run),
    executionIndex: run.executionIndex,
    executionLink: context.executionUrl?.(run.executionId) ?? '',
    requestBy: run.requestBy,
    comments: redactor.text(run.comments),
    shape: redactor.json(pipelineShape(pipeline)) as ExecutionView['shape'],
    stages: Object.fromEntries(views),
    notes: run.notes.map(redactor.text),
    nextAttemptAt: isHeld ? null : isoTime(nextAt(run)),
    rollback: run.rollback && viewOf(context, run.rollback.run, isHeld),
  }
}

type TaskDetail = Omit<TaskView, 'type' | 'status' | 'message' | 'output'>

interface Standing {
  readonly task: Task
  readonly isHeld: boolean
}

function taskView(context: RunContext, run: RunState, { task, isHeld }: Standing): TaskDetail {
  const begun = run.tasks[taskKey(task)]
  if (begun === undefined) return NOT_BEGUN
  return {
    startedAt: isoTime(begun.startedAt),
    endedAt: isoTime(begun.endedAt),
    inputs: begun.status === 'SKIPPED' ? null : taskInputs(task, envOf(context, run, begun.startedAt)),
    verdicts: begun.recent,
    poll: waitingTask(begun, { task, isHeld }),
    execution: begun.child && viewOf(context, begun.child, isHeld),
  }
}

const NOT_BEGUN: TaskDetail = {
  startedAt: null,
  endedAt: null,
  inputs: null,
  verdicts: '',
  poll: null,
  execution: null,
}

function waitingTask({ work }: TaskRun, { task, isHeld }: Standing): WaitingTask | null {
  if (task.type !== 'POLL' || work?.kind !== 'poll') return null
  const { state, last } = work
  return {
    iterationCount: state.iterationCount,
    pollCount: task.input.pollCount,
    nextAttemptAt: isHeld ? null : isoTime(state.dueAt),
    waitReason: state.waitReason,
    last: last && { verdict: last.verdict, reason: last.reason, values: last.values },
    observed: state.observed,
    progress: state.progress.value,
    deadlineAt: isoTime(state.deadlineAt),
    responseCode: state.last?.code ?? null,
  }
}

/** An execution as a line of a list. */
export function executionRow({ context, run, isHeld = false }: StandingExecution): RunRow {
  const tasks = Object.entries(run.tasks)
  const counts = tasks.map(([, { work, output }]) =>
    work?.kind === 'poll' ? work.state.iterationCount : Number(output.iterationCount ?? 0),
  )
  const verdicts = tasks.map(([, { recent }]) => recent).join('')
  const codes = tasks.map(([, { work, output }]) =>
    work?.kind === 'poll' ? (work.state.last?.code ?? null) : output.responseCode,
  )
  const isOver = isEnded(run.status)
  return {
    kind: 'execution',
    id: run.executionId,
    name: run.pipeline,
    pipeline: run.pipeline,
    status: statusOf(run, isHeld),
    outcome: runOutcome(run),
    message: isOver ? context.redactor.text(run.statusMessage) : null,
    iterationCount: counts.reduce((sum, count) => sum + count, 0),
    pollCount: null,
    lastCode: (codes.findLast((code) => typeof code === 'number') as number | undefined) ?? null,
    verdicts: verdicts.slice(-30),
    nextAttemptAt: isOver || isHeld ? null : isoTime(nextAt(run)),
    startedAt: new Date(run.startedAt).toISOString(),
    endedAt: isoTime(run.endedAt),
    executionIndex: run.executionIndex,
    requestBy: run.requestBy,
  }
}

/** Epoch ms of what is to be sent next; null where nothing is. */
export function nextAt(run: RunState): number | null {
  const due = pendingExchanges(run).map(({ dueAt }) => dueAt)
  return due.length === 0 ? null : Math.min(...due)
}

function isoTime(at: number | null): string | null {
  return at === null ? null : new Date(at).toISOString()
}
