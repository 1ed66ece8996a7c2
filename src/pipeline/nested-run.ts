import { renderText } from '../binding/render.ts'
import type { CallDefinition } from './definition.ts'
import { newRun } from './new-run.ts'
import { notify } from './notices.ts'
import type { RunState, TaskRun } from './run-state.ts'
import { envOf, pipelineOf, pipelineOutput, type RunContext, scopeOf } from './scope.ts'
import { ended } from './task-run.ts'

interface Called {
  readonly pipeline: string
  /** Templates by name. */
  readonly inputs: Readonly<Record<string, string>>
  readonly now: number
}

/** The run of a pipeline inside of another run. @throws BideError where an input has no value. */
export function nestedRun(context: RunContext, run: RunState, { pipeline, inputs, now }: Called): RunState {
  const lookup = scopeOf(context, run)
  const input = Object.entries(inputs).map(([name, text]) => [name, renderText(text, lookup)])
  const number = run.children + 1
  return newRun(pipelineOf(context, pipeline), {
    pipeline,
    executionId: `${run.executionId}-${number}`,
    executionIndex: number,
    requestBy: run.requestBy,
    comments: run.comments,
    input: Object.fromEntries(input),
    now,
  })
}

/** A PIPELINE task whose run has ended, with its outputs. */
export function returned(
  context: RunContext,
  run: RunState,
  { task, before, child, now }: { task: CallDefinition; before: TaskRun; child: RunState; now: number },
): TaskRun {
  const outcome =
    child.status === 'COMPLETED'
      ? 'succeeded'
      : child.status === 'CANCELED'
        ? 'cancelled'
        : (child.failure?.outcome ?? 'failed')
  const output = {
    ...child.output,
    status: outcome === 'succeeded' ? 'COMPLETED' : outcome === 'cancelled' ? 'CANCELED' : 'FAILED',
    executionStatus: child.status,
    executionIndex: child.executionIndex,
    pipelineExecutionLink: context.executionUrl?.(child.executionId) ?? child.executionId,
    inputProperties: child.input,
    outputProperties: child.output ?? {},
  }
  const taskEnv = envOf(context, run, now)
  const message = `${child.pipeline}: ${child.statusMessage}`
  return ended(task, before, taskEnv, { outcome, message, output })
}

/** A run with its end, its output, and the notifications of it. */
export function endRun(
  { context, now }: { readonly context: RunContext; readonly now: number },
  run: RunState,
  { status, statusMessage }: Pick<RunState, 'status' | 'statusMessage'>,
): RunState {
  const pipeline = pipelineOf(context, run.pipeline)
  const closed: RunState = {
    ...run,
    status,
    statusMessage: context.redactor.text(statusMessage),
    endedAt: now,
  }
  const output = pipelineOutput(pipeline, scopeOf(context, closed))
  const event = status === 'COMPLETED' ? 'success' : 'failure'
  const said = { event, task: null, status, statusMessage: closed.statusMessage, now: now } as const
  return notify(
    { ...closed, output: context.redactor.json(output) as RunState['output'] },
    pipeline.webhooks,
    said,
  )
}
