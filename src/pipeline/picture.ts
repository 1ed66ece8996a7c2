import type { Pipeline } from './definition.ts'

/** The picture of a pipeline: stages one after another, in a stage its steps, in a step tasks side by side. */
export interface PipelineShape {
  readonly stages: readonly { readonly name: string; readonly steps: readonly (readonly TaskShape[])[] }[]
  readonly rollbacks: readonly {
    readonly stage: string
    readonly task: string | null
    readonly pipeline: string
  }[]
}

export interface TaskShape {
  readonly name: string
  readonly type: string
  readonly preCondition: string | null
  readonly continueOnFailure: boolean
}

export function pipelineShape({ stages, rollbacks }: Pipeline): PipelineShape {
  return {
    stages: stages.map(({ name, steps }) => ({
      name,
      steps: steps.map((step) =>
        step.map(({ name: task, type, preCondition, continueOnFailure }) => ({
          name: task,
          type,
          preCondition: preCondition?.source ?? null,
          continueOnFailure,
        })),
      ),
    })),
    rollbacks: rollbacks.map(({ stage, task, pipeline }) => ({ stage, task, pipeline })),
  }
}
