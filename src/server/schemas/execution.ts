import * as v from 'valibot'
import { instantSchema, nextSchema, said } from './common.ts'
import { attemptSchema, attemptViewSchema, outcomeSchema } from './poll.ts'

export const RUN_KINDS = ['poll', 'execution'] as const
export const EXECUTION_STATUSES = [
  'QUEUED',
  'RUNNING',
  'PAUSING',
  'PAUSED',
  'COMPLETED',
  'FAILED',
  'CANCELED',
  'ROLLING_BACK',
  'ROLLBACK_COMPLETED',
  'ROLLBACK_FAILED',
] as const
const TASK_STATUSES = [
  'NOT_STARTED',
  'QUEUED',
  'RUNNING',
  'COMPLETED',
  'FAILED',
  'FAILED_CONTINUE',
  'SKIPPED',
  'CANCELED',
] as const

const count = v.pipe(v.number(), v.integer())
const texts = v.record(v.string(), v.string())
const anything = v.record(v.string(), v.unknown())
const verdicts = said('Of the last attempts, a letter each, the oldest first: s, f, p, t, b.', v.string())

export const runRowSchema = v.object({
  kind: v.picklist(RUN_KINDS),
  id: v.string(),
  name: v.nullable(v.string()),
  pipeline: said('Null for a poll.', v.nullable(v.string())),
  status: v.picklist(EXECUTION_STATUSES),
  outcome: v.nullable(outcomeSchema),
  message: v.nullable(v.string()),
  iterationCount: said('Attempts made; of an execution, by all of its Poll tasks.', count),
  pollCount: v.nullable(count),
  lastCode: v.nullable(count),
  verdicts,
  nextAttemptAt: v.nullable(instantSchema),
  startedAt: instantSchema,
  endedAt: v.nullable(instantSchema),
  executionIndex: said('Which execution of its pipeline it is, from 1.', v.nullable(count)),
  requestBy: v.nullable(v.string()),
})

export const shapeSchema = v.object({
  stages: said(
    'One after another; in a stage its steps; in a step tasks side by side.',
    v.array(
      v.object({
        name: v.string(),
        steps: v.array(
          v.array(
            v.object({
              name: v.string(),
              type: v.string(),
              preCondition: v.nullable(v.string()),
              continueOnFailure: v.boolean(),
            }),
          ),
        ),
      }),
    ),
  ),
  rollbacks: v.array(v.object({ stage: v.string(), task: v.nullable(v.string()), pipeline: v.string() })),
})

const waitingTaskSchema = v.object({
  iterationCount: count,
  pollCount: count,
  nextAttemptAt: said('Null where none is to come.', v.nullable(instantSchema)),
  waitReason: v.string(),
  last: v.nullable(v.object({ verdict: v.string(), reason: v.string(), values: texts })),
  observed: v.record(v.string(), count),
  progress: v.nullable(v.number()),
  deadlineAt: v.nullable(instantSchema),
  responseCode: v.nullable(count),
})

const taskViewSchema = v.object({
  type: v.string(),
  status: v.picklist(TASK_STATUSES),
  message: v.string(),
  output: anything,
  startedAt: v.nullable(instantSchema),
  endedAt: v.nullable(instantSchema),
  inputs: said('With bindings filled in, secrets masked; null before it has started.', v.nullable(anything)),
  verdicts,
  poll: said('How a Poll task stands while it waits.', v.nullable(waitingTaskSchema)),
  execution: said('The execution of a PIPELINE task, in this same shape.', v.nullable(anything)),
})

export const executionSchema = v.object({
  name: v.string(),
  executionId: v.string(),
  executionIndex: count,
  executionLink: v.string(),
  status: v.picklist(EXECUTION_STATUSES),
  outcome: said('How it ended; null until then.', v.nullable(outcomeSchema)),
  statusMessage: v.string(),
  startedAt: instantSchema,
  endedAt: v.nullable(instantSchema),
  requestBy: v.string(),
  comments: v.string(),
  input: anything,
  output: anything,
  shape: shapeSchema,
  stages: v.record(
    v.string(),
    v.object({ status: v.picklist(TASK_STATUSES), tasks: v.record(v.string(), taskViewSchema) }),
  ),
  notes: said('Such as a notification that could not be sent.', v.array(v.string())),
  nextAttemptAt: v.nullable(instantSchema),
  rollback: said('The execution of the rollback, in this same shape.', v.nullable(anything)),
})

export const startedSchema = v.object({
  executionId: v.string(),
  executionLink: v.string(),
  executionIndex: count,
})

export const newExecutionSchema = v.object({
  input: v.optional(said('By name; what is not given has its default.', texts)),
  comments: v.optional(v.string()),
})

export const runPageSchema = v.object({ runs: v.array(runRowSchema), next: nextSchema })
export const executionPageSchema = v.object({ executions: v.array(runRowSchema), next: nextSchema })
export const executionAttemptSchema = v.object({
  ...attemptViewSchema.entries,
  bindings: said('What the bindings of its conditions stand for, secrets masked.', anything),
})
export const executionAttemptPageSchema = v.object({
  attempts: v.array(
    v.object({
      task: said('`Stage.Task`, after the tasks whose nested executions lead there.', v.string()),
      ...attemptSchema.entries,
      folded: count,
    }),
  ),
  next: nextSchema,
})
