import { callsOf } from './calls.ts'
import type { Pipeline } from './definition.ts'

/** The names of pipelines, each after those that it calls. */
export function calledFirst(pipelines: ReadonlyMap<string, Pipeline>): string[] {
  const ordered = new Set<string>()
  const visit = (pipeline: Pipeline) => {
    for (const { target } of callsOf(pipeline)) {
      const called = pipelines.get(target)
      if (called !== undefined && !ordered.has(target)) visit(called)
    }
    ordered.add(pipeline.name)
  }
  for (const pipeline of pipelines.values()) visit(pipeline)
  return [...ordered]
}
