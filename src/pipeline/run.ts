import type { LedgerEntry } from '../core/poll.ts'
import { type Task, tasksOf } from './definition.ts'
import { newRun, type RunStart, toldOfStart } from './new-run.ts'
import { notify, told } from './notices.ts'
import { isEnded, type RunState, taskKey, withTask } from './run-state.ts'
import { envOf, pipelineOf, type RunContext } from './scope.ts'
import { settle } from './settle.ts'
import { type Answer, answerTask, cancelTask, loseTask } from './task-run.ts'

/** Where in a run: `Stage.Task`, after the tasks whose nested runs lead there; `rollback` leads into a rollback. */
export type RunPath = readonly string[]

/** What happens to a run from outside. `now` is epoch ms. */
export type RunEvent =
  /** A REST request or a notification is about to leave: it may reach the server from here on. */
  | { readonly kind: 'sending'; readonly path: RunPath; readonly now: number }
  | ({ readonly kind: 'answered'; readonly path: RunPath; readonly now: number } & Answer)
  /** A notification has been sent, or could not be. */
  | {
      readonly kind: 'notified'
      readonly path: RunPath
      readonly id: number
      readonly failure: string | null
      readonly now: number
    }
  /** A REST request may or may not have been received: the task ends, or is sent again where that is wanted. */
  | { readonly kind: 'lost'; readonly path: RunPath; readonly sendAgain: boolean; readonly now: number }
  /** A run that was queued has its place. */
  | { readonly kind: 'begin'; readonly now: number }
  | { readonly kind: 'pause' | 'resume'; readonly now: number }
  | { readonly kind: 'cancel'; readonly by: string; readonly now: number }

export interface RunStep {
  readonly run: RunState
  /** The ledger's line, where a Poll task made an attempt. */
  readonly entry: LedgerEntry | null
}

/** A run that has begun, as far as it goes by itself. Inputs that are not given have their defaults. */
export function startRun(context: RunContext, begin: RunStart): RunState {
  return settle(context, newRun(pipelineOf(context, begin.pipeline), begin), begin.now)
}

/** The next state of a run after an event. Pure: whoever has the state can go on with it. */
export function advanceRun(context: RunContext, run: RunState, event: RunEvent): RunStep {
  const { run: changed, entry } = apply(context, run, event)
  return { run: settle(context, changed, event.now), entry }
}

function apply(context: RunContext, run: RunState, event: RunEvent): RunStep {
  switch (event.kind) {
    case 'begin':
      return { run: begun(context, run, event.now), entry: null }
    case 'pause':
    case 'resume':
      return { run: withPause(run, event.kind === 'pause'), entry: null }
    case 'cancel':
      return { run: cancelRun(context, run, event), entry: null }
    default:
      return atPath(run, event.path, (inner, key) => applyToTask(context, inner, { key, event }))
  }
}

type TaskEvent = Extract<RunEvent, { path: RunPath }>

function applyToTask(
  context: RunContext,
  run: RunState,
  { key, event }: { key: string; event: TaskEvent },
): RunStep {
  if (event.kind === 'notified') return { run: notified(run, event), entry: null }
  const task = taskOf(context, run, key)
  const before = run.tasks[key]
  if (before === undefined || before.work === null) return { run, entry: null }
  const env = envOf(context, run, event.now)
  if (event.kind === 'answered') {
    const { run: after, entry } = answerTask(task, before, { env, answer: event })
    return { run: told(withTask(run, key, after), { task, before, after, now: event.now }), entry }
  }
  if (before.work.kind !== 'rest') return { run, entry: null }
  if (event.kind === 'lost' && !event.sendAgain && task.type === 'REST') {
    return { run: withTask(run, key, loseTask(task, before, env)), entry: null }
  }
  const work = { ...before.work, isSent: event.kind === 'sending' }
  return { run: withTask(run, key, { ...before, work }), entry: null }
}

function begun(context: RunContext, run: RunState, now: number): RunState {
  if (run.status !== 'QUEUED') return run
  return toldOfStart(pipelineOf(context, run.pipeline), { ...run, status: 'RUNNING' }, now)
}

function notified(run: RunState, { id, failure }: Extract<RunEvent, { kind: 'notified' }>): RunState {
  const notes = failure === null ? run.notes : [...run.notes, failure]
  return { ...run, notes, outbox: run.outbox.filter((notice) => notice.id !== id) }
}

function withPause(run: RunState, isPauseWanted: boolean): RunState {
  if (isEnded(run.status)) return run
  return mapChildren({ ...run, isPauseWanted }, (child) => withPause(child, isPauseWanted))
}

function cancelRun(
  context: RunContext,
  run: RunState,
  event: Extract<RunEvent, { kind: 'cancel' }>,
): RunState {
  if (isEnded(run.status)) return run
  const inner = mapChildren(run, (child) => cancelRun(context, child, event))
  const env = envOf(context, inner, event.now)
  const tasks = Object.entries(inner.tasks).map(([key, task]) =>
    isEnded(task.status) ? [key, task] : [key, cancelTask(taskOf(context, inner, key), task, env, event.by)],
  )
  const statusMessage = context.redactor.text(`Cancelled ${event.by}.`)
  const ended: RunState = {
    ...inner,
    tasks: Object.fromEntries(tasks),
    status: 'CANCELED',
    statusMessage,
    endedAt: event.now,
    output: {},
  }
  const said = { event: 'cancel', task: null, status: 'CANCELED', statusMessage, now: event.now } as const
  return notify(ended, pipelineOf(context, run.pipeline).webhooks, said)
}

/** Changes the nested runs of a run: those of its tasks, and its rollback. */
function mapChildren(run: RunState, change: (child: RunState) => RunState): RunState {
  const tasks = Object.entries(run.tasks).map(([key, task]) =>
    task.child === null ? [key, task] : [key, { ...task, child: change(task.child) }],
  )
  const rollback = run.rollback && { ...run.rollback, run: change(run.rollback.run) }
  return { ...run, tasks: Object.fromEntries(tasks), rollback }
}

/** Changes what stands at a path; the run is as it was where there is nothing. */
function atPath(run: RunState, path: RunPath, change: (run: RunState, key: string) => RunStep): RunStep {
  const [key, ...rest] = path as [string, ...string[]]
  if (rest.length === 0) return change(run, key)
  if (key === ROLLBACK) {
    if (run.rollback === null) return { run, entry: null }
    const step = atPath(run.rollback.run, rest, change)
    return { run: { ...run, rollback: { ...run.rollback, run: step.run } }, entry: step.entry }
  }
  const task = run.tasks[key]
  if (!task?.child) return { run, entry: null }
  const step = atPath(task.child, rest, change)
  return { run: withTask(run, key, { ...task, child: step.run }), entry: step.entry }
}

/** The first part of a path that leads into a rollback. */
export const ROLLBACK = 'rollback'

export function taskOf(context: RunContext, run: RunState, key: string): Task {
  const task = tasksOf(pipelineOf(context, run.pipeline)).find((candidate) => taskKey(candidate) === key)
  if (task === undefined) throw new Error(`pipeline ${run.pipeline} has no task ${key}`)
  return task
}
