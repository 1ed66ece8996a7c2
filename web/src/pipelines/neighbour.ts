import type { PipelineShape } from '../../../src/pipeline/picture.ts'

/** Where a task stands in the picture, each from 0. */
export interface Place {
  readonly stage: number
  readonly step: number
  readonly task: number
}

/** Where an arrow key leads: up and down by steps, sideways within a step and then to the stage beside. */
export function neighbour({ stages }: PipelineShape, from: Place, key: string): Place | null {
  const steps = stages[from.stage]?.steps ?? []
  const tasks = steps[from.step] ?? []
  switch (key) {
    case 'ArrowDown':
      return within(stages, { ...from, step: from.step + 1 }) ?? intoStage(stages, from.stage + 1)
    case 'ArrowUp':
      return within(stages, { ...from, step: from.step - 1 }) ?? intoStage(stages, from.stage - 1, 'last')
    case 'ArrowRight':
      return from.task + 1 < tasks.length
        ? { ...from, task: from.task + 1 }
        : beside(stages, from, from.stage + 1, 'first')
    case 'ArrowLeft':
      return from.task > 0 ? { ...from, task: from.task - 1 } : beside(stages, from, from.stage - 1, 'last')
    case 'Home':
      return intoStage(stages, 0)
    case 'End':
      return intoStage(stages, stages.length - 1, 'last')
    default:
      return null
  }
}

type Stages = PipelineShape['stages']

/** The task nearest to a place that its step may not have. */
function within(stages: Stages, { stage, step, task }: Place): Place | null {
  const tasks = stages[stage]?.steps[step]
  if (tasks === undefined || tasks.length === 0) return null
  return { stage, step, task: Math.min(task, tasks.length - 1) }
}

/** The first or last task of a stage, or of the nearest beyond it that has one. */
function intoStage(stages: Stages, stage: number, end: 'first' | 'last' = 'first'): Place | null {
  const steps = stages[stage]?.steps
  if (steps === undefined) return null
  const step = end === 'first' ? 0 : steps.length - 1
  const found = within(stages, { stage, step, task: 0 })
  return found ?? intoStage(stages, end === 'first' ? stage + 1 : stage - 1, end)
}

function beside(stages: Stages, from: Place, stage: number, end: 'first' | 'last'): Place | null {
  const steps = stages[stage]?.steps
  if (steps === undefined) return null
  const step = Math.min(from.step, steps.length - 1)
  const task = end === 'first' ? 0 : (steps[step]?.length ?? 1) - 1
  return (
    within(stages, { stage, step, task }) ??
    beside(stages, from, end === 'first' ? stage + 1 : stage - 1, end)
  )
}
