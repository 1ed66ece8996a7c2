import type { Stage } from './definition.ts'
import { isEnded, type RunState, type TaskRun, taskKey } from './run-state.ts'
import { pipelineOf, type RunContext } from './scope.ts'

/** A run as `--json` and the API show it; secrets are masked. */
export interface RunReport {
  readonly name: string
  readonly executionId: string
  readonly status: RunState['status']
  readonly statusMessage: string
  /** ISO 8601, UTC. */
  readonly startedAt: string
  /** ISO 8601, UTC; null while it runs. */
  readonly endedAt: string | null
  readonly input: Readonly<Record<string, unknown>>
  readonly output: Readonly<Record<string, unknown>>
  readonly stages: Readonly<Record<string, StageReport>>
}

export interface StageReport {
  readonly status: TaskRun['status']
  readonly tasks: Readonly<Record<string, TaskReport>>
}

export interface TaskReport {
  readonly type: string
  readonly status: TaskRun['status']
  readonly message: string
  /** Of a POLL or REST task exactly its documented outputs; empty where it was not run. */
  readonly output: Readonly<Record<string, unknown>>
}

/** What is to be seen of a run. */
export function runReport(context: RunContext, run: RunState): RunReport {
  const stages = pipelineOf(context, run.pipeline).stages.map((stage) => [
    stage.name,
    stageReport(run, stage),
  ])
  const report: RunReport = {
    name: run.pipeline,
    executionId: run.executionId,
    status: run.status,
    statusMessage: run.statusMessage,
    startedAt: new Date(run.startedAt).toISOString(),
    endedAt: run.endedAt === null ? null : new Date(run.endedAt).toISOString(),
    input: run.input,
    output: run.output ?? {},
    stages: Object.fromEntries(stages),
  }
  return context.redactor.json(report) as RunReport
}

/** The status of a stage, which follows from those of its tasks. */
export function stageStatus(run: RunState, stage: Stage): TaskRun['status'] {
  const statuses = stage.steps.flat().map((task) => run.tasks[taskKey(task)]?.status ?? 'NOT_STARTED')
  const has = (status: TaskRun['status']) => statuses.includes(status)
  if (has('FAILED')) return 'FAILED'
  if (has('CANCELED')) return 'CANCELED'
  if (statuses.every((status) => status === 'NOT_STARTED')) return 'NOT_STARTED'
  if (!statuses.every(isEnded)) return isEnded(run.status) ? 'FAILED' : 'RUNNING'
  if (has('FAILED_CONTINUE')) return 'FAILED_CONTINUE'
  return statuses.every((status) => status === 'SKIPPED') ? 'SKIPPED' : 'COMPLETED'
}

function stageReport(run: RunState, stage: Stage): StageReport {
  const tasks = stage.steps.flat().map((task) => {
    const { status = 'NOT_STARTED', message = '', output = {} } = run.tasks[taskKey(task)] ?? {}
    return [task.name, { type: task.type, status, message, output }]
  })
  return { status: stageStatus(run, stage), tasks: Object.fromEntries(tasks) }
}
