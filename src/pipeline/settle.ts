import { BideError } from '../core/errors.ts'
import { type CallDefinition, type Pipeline, type Task, tasksOf } from './definition.ts'
import { endRun, nestedRun, returned } from './nested-run.ts'
import { told } from './notices.ts'
import { isEnded, type RunState, type RunStatus, type TaskRun, taskKey, withTask } from './run-state.ts'
import { envOf, pipelineOf, type RunContext } from './scope.ts'
import { ended, startTask } from './task-run.ts'

interface Env {
  readonly context: RunContext
  readonly now: number
  /** Takes a place for a run of a pipeline; false where as many run as may. */
  takePlace(pipeline: string): boolean
}

/** Carries a run on as far as it goes without an answer from outside. */
export function settle(context: RunContext, run: RunState, now: number): RunState {
  let state = run
  for (;;) {
    const next = settleOnce({ context, now, takePlace: places(context, state) }, state)
    if (next === state) return state
    state = next
  }
}

/** Counts the nested runs of each pipeline: `concurrency` bounds them. */
function places(context: RunContext, root: RunState): (pipeline: string) => boolean {
  const running = new Map<string, number>()
  const count = (run: RunState) => {
    if (!isEnded(run.status) && run.status !== 'QUEUED')
      running.set(run.pipeline, (running.get(run.pipeline) ?? 0) + 1)
    for (const { child } of Object.values(run.tasks)) if (child) count(child)
    if (run.rollback) count(run.rollback.run)
  }
  count(root)
  return (name) => {
    const taken = running.get(name) ?? 0
    if (taken >= pipelineOf(context, name).concurrency) return false
    running.set(name, taken + 1)
    return true
  }
}

function settleOnce(env: Env, before: RunState): RunState {
  if (isEnded(before.status)) return before
  if (before.rollback !== null) return settleRollback(env, before)
  const run = settleChildren(env, before)
  if (run.status === 'QUEUED') return run
  const pipeline = pipelineOf(env.context, run.pipeline)
  const step = currentStep(pipeline, run)
  const failed = tasksOf(pipeline).filter((task) => run.tasks[taskKey(task)]?.status === 'FAILED')
  if (failed.length > 0 && !hasBegun(run)) return fail(env, run, failed)
  if (run.isPauseWanted) return withStatus(run, isBusy(run) ? 'PAUSING' : 'PAUSED')
  if (step === null) return endRun(env, run, { status: 'COMPLETED', statusMessage: 'Execution Completed.' })
  const toStart = step.filter((task) => run.tasks[taskKey(task)] === undefined)
  return toStart.reduce((state, task) => begin(env, state, task), withStatus(run, 'RUNNING'))
}

function withStatus(run: RunState, status: RunStatus): RunState {
  return run.status === status ? run : { ...run, status }
}

/** The first step of which not every task has ended; null when all have. */
function currentStep(pipeline: Pipeline, run: RunState): readonly Task[] | null {
  const steps = pipeline.stages.flatMap((stage) => stage.steps)
  return (
    steps.find((step) => step.some((task) => !isEnded(run.tasks[taskKey(task)]?.status ?? 'NOT_STARTED'))) ??
    null
  )
}

/** True while something of the run is in flight, here or in a nested run; one between two of its steps counts. */
function isBusy(run: RunState): boolean {
  return Object.values(run.tasks).some(({ work, child }) =>
    child === null ? work !== null : isUnderWay(child) && child.status !== 'PAUSED',
  )
}

/** True while a task of the run has begun and not ended: it is let finish before the run does. */
function hasBegun(run: RunState): boolean {
  return Object.values(run.tasks).some(({ work, child }) => work !== null || (child && isUnderWay(child)))
}

function isUnderWay({ status }: RunState): boolean {
  return !isEnded(status) && status !== 'QUEUED'
}

function begin(env: Env, run: RunState, task: Task): RunState {
  const key = taskKey(task)
  const after = startTask(task, envOf(env.context, run, env.now))
  const begun = told(withTask(run, key, after), { task, before: undefined, after, now: env.now })
  return task.type === 'PIPELINE' && after.status === 'RUNNING' ? call(env, begun, { task, after }) : begun
}

/** Makes the run of a PIPELINE task; it waits in the queue where as many run as may. */
function call(env: Env, run: RunState, { task, after }: { task: CallDefinition; after: TaskRun }): RunState {
  const taskEnv = envOf(env.context, run, env.now)
  try {
    const { pipeline, inputProperties } = task
    const made = nestedRun(env.context, run, { pipeline, inputs: inputProperties, now: env.now })
    const child: RunState = env.takePlace(pipeline) ? made : { ...made, status: 'QUEUED' }
    return withTask({ ...run, children: run.children + 1 }, taskKey(task), { ...after, child })
  } catch (error) {
    if (!(error instanceof BideError)) throw error
    return withTask(
      run,
      taskKey(task),
      ended(task, after, taskEnv, { outcome: 'failed', message: error.message }),
    )
  }
}

function settleChildren(env: Env, run: RunState): RunState {
  let state = run
  for (const task of tasksOf(pipelineOf(env.context, run.pipeline))) {
    const before = state.tasks[taskKey(task)]
    if (task.type !== 'PIPELINE' || !before?.child || isEnded(before.status)) continue
    const isStarting = before.child.status === 'QUEUED' && !run.isPauseWanted && env.takePlace(task.pipeline)
    const child = settleOnce(env, isStarting ? { ...before.child, status: 'RUNNING' } : before.child)
    const status = child.status === 'QUEUED' ? 'QUEUED' : 'RUNNING'
    const isSame = child === before.child && status === before.status
    if (isSame) continue
    const after: TaskRun = isEnded(child.status)
      ? returned(env.context, state, { task, before: { ...before, child }, child, now: env.now })
      : { ...before, child, status }
    state = told(withTask(state, taskKey(task), after), { task, before, after, now: env.now })
  }
  return state
}

function fail(env: Env, run: RunState, failed: readonly Task[]): RunState {
  const [first] = failed as [Task, ...Task[]]
  const { message, outcome } = run.tasks[taskKey(first)] as TaskRun
  const begun = Object.entries(run.tasks).filter(([, { status }]) => status !== 'QUEUED')
  const halted: RunState = {
    ...run,
    tasks: Object.fromEntries(begun),
    statusMessage: `${taskKey(first)}: ${message}`,
    failure: { task: taskKey(first), outcome: outcome ?? 'failed' },
  }
  const queue = rollbacksFor(pipelineOf(env.context, run.pipeline), failed)
  if (queue.length > 0) return startRollback(env, { ...halted, status: 'ROLLING_BACK' }, queue)
  return endRun(env, halted, { status: 'FAILED', statusMessage: halted.statusMessage })
}

/** Of each failed task the rollback that names it, else the one of its stage; each is run once. */
function rollbacksFor({ rollbacks }: Pipeline, failed: readonly Task[]): number[] {
  const found = failed.map(({ stage, name }) => {
    const ofTask = rollbacks.findIndex((rollback) => rollback.stage === stage && rollback.task === name)
    return ofTask >= 0
      ? ofTask
      : rollbacks.findIndex((rollback) => rollback.stage === stage && rollback.task === null)
  })
  return [...new Set(found.filter((index) => index >= 0))]
}

function startRollback(env: Env, run: RunState, queue: readonly number[]): RunState {
  const pipeline = pipelineOf(env.context, run.pipeline)
  const rollback = pipeline.rollbacks[queue[0] as number] as Pipeline['rollbacks'][number]
  try {
    const child = nestedRun(env.context, run, { ...rollback, now: env.now })
    return { ...run, children: run.children + 1, rollback: { queue, run: child } }
  } catch (error) {
    if (!(error instanceof BideError)) throw error
    const statusMessage = `${asSentence(run.statusMessage)} The rollback '${rollback.pipeline}' could not start: ${error.message}`
    return endRun(env, { ...run, rollback: null }, { status: 'ROLLBACK_FAILED', statusMessage })
  }
}

function settleRollback(env: Env, run: RunState): RunState {
  const { queue, run: before } = run.rollback as NonNullable<RunState['rollback']>
  const child = settleOnce(env, before)
  if (!isEnded(child.status)) return child === before ? run : { ...run, rollback: { queue, run: child } }
  const rest = queue.slice(1)
  if (child.status === 'COMPLETED' && rest.length > 0) return startRollback(env, run, rest)
  const isDone = child.status === 'COMPLETED'
  const said = isDone
    ? `Rolled back by '${child.pipeline}'.`
    : `The rollback '${child.pipeline}' failed: ${child.statusMessage}`
  const status = isDone ? 'ROLLBACK_COMPLETED' : 'ROLLBACK_FAILED'
  const kept: RunState = { ...run, rollback: { queue, run: child } }
  return endRun(env, kept, { status, statusMessage: `${asSentence(run.statusMessage)} ${said}` })
}

function asSentence(text: string): string {
  return /[.!?]$/.test(text) ? text : `${text}.`
}
