import { didYouMean } from '../core/did-you-mean.ts'
import { type Pipeline, tasksOf } from './definition.ts'
import type { Finding } from './source-file.ts'

/** One pipeline that runs another, and where the file says so. */
export interface Call {
  readonly target: string
  readonly path: readonly (string | number)[]
}

/** The pipelines that a pipeline runs: by its tasks, and to roll back. */
export function callsOf(pipeline: Pipeline): Call[] {
  const byTask = tasksOf(pipeline).flatMap((task) =>
    task.type === 'PIPELINE'
      ? [{ target: task.pipeline, path: ['stages', task.stage, 'tasks', task.name, 'input', 'pipeline'] }]
      : [],
  )
  return [
    ...byTask,
    ...pipeline.rollbacks.map(({ pipeline: target }, i) => ({ target, path: ['rollbacks', i, 'name'] })),
  ]
}

/**
 * Calls of pipelines that are neither here nor `elsewhere`, and calls by which a pipeline would run itself, as far as
 * the way leads through those that are here.
 */
export function checkCalls(
  pipeline: Pipeline,
  all: ReadonlyMap<string, Pipeline>,
  elsewhere: readonly string[] = [],
): Finding[] {
  return callsOf(pipeline).flatMap(({ target, path }): Finding[] => {
    const called = all.get(target)
    if (called === undefined) {
      if (elsewhere.includes(target)) return []
      const message = `there is no pipeline '${target}' in these files`
      const hint =
        didYouMean(target, [...all.keys(), ...elsewhere]) ?? 'it has to be there when this one is run'
      return [{ severity: 'warning', rule: 'unknown-pipeline', message, hint, path, spot: { kind: 'value' } }]
    }
    const way = wayTo(pipeline.name, called, all)
    if (way === null) return []
    const message = `pipeline '${pipeline.name}' would run itself: ${[pipeline.name, ...way].join(' -> ')}`
    return [{ severity: 'error', rule: 'runs-itself', message, hint: null, path, spot: { kind: 'value' } }]
  })
}

/** The names by which a pipeline leads back to `goal`; null where it does not. */
function wayTo(goal: string, from: Pipeline, all: ReadonlyMap<string, Pipeline>): string[] | null {
  const seen = new Set<string>()
  const walk = (pipeline: Pipeline): string[] | null => {
    if (pipeline.name === goal) return [pipeline.name]
    if (seen.has(pipeline.name)) return null
    seen.add(pipeline.name)
    for (const { target } of callsOf(pipeline)) {
      const next = all.get(target)
      const rest = next ? walk(next) : null
      if (rest) return [pipeline.name, ...rest]
    }
    return null
  }
  return walk(from)
}
