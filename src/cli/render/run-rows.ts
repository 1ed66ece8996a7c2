import { describeSeconds } from '../../core/message.ts'
import type { Stage, Task } from '../../pipeline/definition.ts'
import { stageStatus } from '../../pipeline/report.ts'
import { isEnded, type RunState, type TaskRun, taskKey } from '../../pipeline/run-state.ts'
import { pipelineOf, type RunContext } from '../../pipeline/scope.ts'
import { describe, plain, whatNext } from './progress.ts'

/** One line about a run: the pipeline, a stage, or a task. */
export interface RunRow {
  /** Stays the same while the run goes on. */
  readonly key: string
  readonly depth: number
  readonly name: string
  readonly status: TaskRun['status'] | RunState['status']
  /** What it waits for, or how it ended. */
  readonly text: string
  readonly isTask: boolean
}

/** A run as it is shown to a person, wherever it goes on. */
export interface ShownRun {
  readonly name: string
  readonly status: RunState['status']
  readonly message: string
  readonly notes: readonly string[]
  rows(now: number): RunRow[]
}

/** A run of this process. */
export function shownRun(context: RunContext, run: RunState): ShownRun {
  return {
    name: run.pipeline,
    status: run.status,
    message: run.statusMessage,
    notes: run.notes,
    rows: (now) => runRows(context, run, now),
  }
}

/** A run as lines, nested runs inside of the task that runs them. */
function runRows(context: RunContext, run: RunState, now: number): RunRow[] {
  return [
    {
      key: '',
      depth: 0,
      name: run.pipeline,
      status: run.status,
      text: describeSeconds(((run.endedAt ?? now) - run.startedAt) / 1000),
      isTask: false,
    },
    ...innerRows(context, run, { now, depth: 1, prefix: '' }),
  ]
}

interface At {
  readonly now: number
  readonly depth: number
  readonly prefix: string
}

function innerRows(context: RunContext, run: RunState, at: At): RunRow[] {
  const { stages, rollbacks } = pipelineOf(context, run.pipeline)
  const rows = stages.flatMap((stage) => stageRows(context, run, { stage, at }))
  if (run.rollback === null) return rows
  const { run: child, queue } = run.rollback
  const name = `rollback ${rollbacks[queue[0] as number]?.pipeline}`
  const key = `${at.prefix}${name}`
  const own: RunRow = {
    key,
    depth: at.depth,
    name,
    status: child.status,
    text: oneLine(child.statusMessage),
    isTask: false,
  }
  return [...rows, own, ...innerRows(context, child, { ...at, depth: at.depth + 1, prefix: `${key} > ` })]
}

function stageRows(context: RunContext, run: RunState, { stage, at }: { stage: Stage; at: At }): RunRow[] {
  const { depth, prefix } = at
  const own: RunRow = {
    key: `${prefix}${stage.name}`,
    depth,
    name: stage.name,
    status: stageStatus(run, stage),
    text: '',
    isTask: false,
  }
  const tasks = stage.steps.flat().flatMap((task): RunRow[] => {
    const state = run.tasks[taskKey(task)]
    const key = `${prefix}${taskKey(task)}`
    const row: RunRow = {
      key,
      depth: depth + 1,
      name: task.name,
      status: state?.status ?? 'NOT_STARTED',
      text: taskText(task, state, at.now),
      isTask: true,
    }
    return state?.child
      ? [row, ...innerRows(context, state.child, { ...at, depth: depth + 2, prefix: `${key} > ` })]
      : [row]
  })
  return [own, ...tasks]
}

function taskText(task: Task, run: TaskRun | undefined, now: number): string {
  if (run === undefined) return ''
  if (isEnded(run.status) || run.work === null) return oneLine(run.message)
  if (run.work.kind === 'poll' && task.type === 'POLL') {
    return oneLine(
      [describe(run.work.last, task.input.pollCount), whatNext(run.work.last, now)]
        .filter(Boolean)
        .join('  '),
    )
  }
  if (run.work.kind !== 'rest') return ''
  return run.work.dueAt > now
    ? `try ${run.work.tries + 1} in ${describeSeconds((run.work.dueAt - now) / 1000)}`
    : 'sent, no answer yet'
}

export function oneLine(text: string): string {
  return plain(text).replace(/\s*[\n\t]\s*/g, ' ')
}
