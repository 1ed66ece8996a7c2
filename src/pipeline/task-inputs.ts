import { renderText } from '../binding/render.ts'
import { BideError } from '../core/errors.ts'
import type { Task } from './definition.ts'
import { renderPoll, renderRest } from './render-task.ts'
import type { TaskEnv } from './task-run.ts'

/** What a task was started with, as it may be shown: bindings filled in, secrets masked. Null where that is not known. */
export function taskInputs(task: Task, env: TaskEnv): Readonly<Record<string, unknown>> | null {
  try {
    return env.redactor.json(inputsOf(task, env)) as Record<string, unknown>
  } catch (error) {
    if (error instanceof BideError) return null
    throw error
  }
}

function inputsOf(task: Task, { lookup, redactor }: TaskEnv): Readonly<Record<string, unknown>> {
  const shown = ({ url, headers }: { url: string; headers: Readonly<Record<string, string>> }) => ({
    url: redactor.url(url),
    headers: redactor.headers(headers),
  })
  switch (task.type) {
    case 'POLL': {
      const { task: rendered } = renderPoll(task, lookup)
      const exitCriteria = { ...rendered.exitCriteria, success: task.criteria.success.source }
      return { ...rendered, ...shown(rendered), exitCriteria }
    }
    case 'REST': {
      const request = renderRest(task, lookup, null)
      return { ...request, ...shown(request) }
    }
    case 'CONDITION':
      return { condition: task.condition.source }
    case 'PIPELINE': {
      const given = Object.entries(task.inputProperties).map(([name, text]) => [
        name,
        renderText(text, lookup),
      ])
      return { pipeline: task.pipeline, inputProperties: Object.fromEntries(given) }
    }
  }
}
