import { grownIntervalMs } from '../core/schedule.ts'
import type { Pipeline, Task } from './definition.ts'
import type { PollInput, RestInput } from './schema.ts'

/** Pipelines by name; those that run one another in a circle are refused before. */
export type Pipelines = ReadonlyMap<string, Pipeline>

/** The longest that a pipeline can take, in seconds: rollbacks, and pauses that a server asks for, come on top. */
export function longestPipelineSeconds(pipeline: Pipeline, pipelines: Pipelines): number {
  return sum(pipeline.stages.flatMap(({ steps }) => steps).map((step) => longestStepSeconds(step, pipelines)))
}

/** The longest that tasks side by side can take: more runs of a pipeline than its `concurrency` wait for others. */
export function longestStepSeconds(step: readonly Task[], pipelines: Pipelines): number {
  const times = step.map((task) => {
    if (task.type !== 'PIPELINE') return longestTaskSeconds(task, pipelines)
    const calls = step.filter((other) => other.type === 'PIPELINE' && other.pipeline === task.pipeline).length
    const rounds = Math.ceil(calls / (pipelines.get(task.pipeline)?.concurrency ?? 1))
    return rounds * longestTaskSeconds(task, pipelines)
  })
  return Math.max(0, ...times)
}

/** The longest that one task can take, in seconds. */
export function longestTaskSeconds(task: Task, pipelines: Pipelines): number {
  switch (task.type) {
    case 'POLL':
      return longestPollSeconds(task.input)
    case 'REST':
      return longestRestSeconds(task.input)
    case 'CONDITION':
      return 0
    case 'PIPELINE': {
      const called = pipelines.get(task.pipeline)
      return called === undefined ? 0 : longestPipelineSeconds(called, pipelines)
    }
  }
}

function longestPollSeconds(input: PollInput): number {
  const attempts = input.pollCount * input.requestTimeoutSeconds
  const all = input.initialDelaySeconds + attempts + waitsSeconds(input)
  return Math.min(all, input.timeoutSeconds ?? Number.POSITIVE_INFINITY)
}

/** All pauses between attempts; from where the interval has grown to its most, they are equal. */
function waitsSeconds(input: PollInput): number {
  const waits = input.pollCount - 1
  let total = 0
  for (let i = 0; i < waits; i++) {
    const wait = grownIntervalMs(input, i)
    const isSteady = wait === grownIntervalMs(input, i + 1)
    total += isSteady ? wait * (waits - i) : wait
    if (isSteady) break
  }
  return (total / 1000) * (1 + (input.backoff?.jitter ?? 0))
}

function longestRestSeconds({ requestTimeoutSeconds, retry }: RestInput): number {
  const { count = 0, intervalSeconds = 0 } = retry ?? {}
  return requestTimeoutSeconds * (1 + count) + intervalSeconds * count
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0)
}
