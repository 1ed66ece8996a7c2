import type { Condition, Criteria } from '../core/condition.ts'
import type { PollInput, RestInput, TaskType, Webhook } from './schema.ts'

/** A pipeline that has been checked: names resolved, conditions compiled, bindings still to be filled in. */
export interface Pipeline {
  readonly name: string
  readonly description: string
  readonly enabled: boolean
  /** Runs of it at once. */
  readonly concurrency: number
  /** Defaults by name. */
  readonly input: Readonly<Record<string, string>>
  readonly mandatoryInputs: readonly string[]
  /** What is said about inputs, by name. */
  readonly inputMeta: Readonly<Record<string, { readonly description: string; readonly mandatory: boolean }>>
  /** Templates by name. */
  readonly output: Readonly<Record<string, string>>
  readonly stages: readonly Stage[]
  readonly rollbacks: readonly Rollback[]
  readonly webhooks: readonly Webhook[]
}

export interface Stage {
  readonly name: string
  /** One after another; the tasks of one step run side by side. */
  readonly steps: readonly (readonly Task[])[]
}

interface TaskBase {
  readonly stage: string
  readonly name: string
  readonly preCondition: Condition | null
  readonly continueOnFailure: boolean
  readonly webhooks: readonly Webhook[]
}

export interface PollDefinition extends TaskBase {
  readonly type: 'POLL'
  readonly input: PollInput
  readonly criteria: Criteria
}

export interface RestDefinition extends TaskBase {
  readonly type: 'REST'
  readonly input: RestInput
}

export interface ConditionDefinition extends TaskBase {
  readonly type: 'CONDITION'
  readonly condition: Condition
}

export interface CallDefinition extends TaskBase {
  readonly type: 'PIPELINE'
  /** The name of the pipeline that it runs. */
  readonly pipeline: string
  /** Templates by name. */
  readonly inputProperties: Readonly<Record<string, string>>
}

export type Task = PollDefinition | RestDefinition | ConditionDefinition | CallDefinition
export type { TaskType }

/** Runs a pipeline when a stage, or one task of it, has failed. */
export interface Rollback {
  readonly stage: string
  readonly task: string | null
  readonly pipeline: string
  readonly inputs: Readonly<Record<string, string>>
}

/** Every task of a pipeline in the order in which they run. */
export function tasksOf(pipeline: Pipeline): readonly Task[] {
  return pipeline.stages.flatMap((stage) => stage.steps.flat())
}
