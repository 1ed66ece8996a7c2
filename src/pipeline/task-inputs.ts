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
  switch (task.type) {
    case 'POLL': {
      const { url, headers, method, payload, pollCount, pollIntervalSeconds, timeoutSeconds, ...rest } =
        renderPoll(task, lookup).task
      const request = { method, url: redactor.url(url), headers: redactor.headers(headers), payload }
      const { ignoreFailure } = rest
      const exitCriteria = { ...rest.exitCriteria, success: task.criteria.success.source }
      return { ...request, pollCount, pollIntervalSeconds, timeoutSeconds, ignoreFailure, exitCriteria }
    }
    case 'REST': {
      const { method, url, headers, payload } = renderRest(task, lookup, null)
      return { method, url: redactor.url(url), headers: redactor.headers(headers), payload }
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
