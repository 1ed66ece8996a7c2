import { count, describeSeconds } from '../../core/message.ts'
import type { PipelinePlan, RequestPlan, TaskPlan } from '../../pipeline/plan.ts'
import { plain } from './progress.ts'

/** A plan for people: in the order in which it would run, nested pipelines inside of the task that runs them. */
export function planText(plan: PipelinePlan): string {
  return plain(pipelineLines(plan).join('\n'))
}

function pipelineLines(plan: PipelinePlan): string[] {
  const inputs = Object.entries(plan.input).map(([name, value]) => `input ${name}: ${oneLine(value)}`)
  const outputs = Object.entries(plan.output).map(([name, value]) => `output ${name}: ${oneLine(value)}`)
  return [
    `${plan.name}: ${atMost(plan.longestSeconds)}`,
    ...indented(inputs),
    ...indented(plan.stages.flatMap(({ name, steps }) => [name, ...indented(stepLines(steps))])),
    ...indented(plan.rollbacks.map(rollbackLine)),
    ...indented(outputs),
  ]
}

type Steps = PipelinePlan['stages'][number]['steps']

function stepLines(steps: Steps): string[] {
  return steps.flatMap(({ tasks }, i) => {
    if (tasks.length === 1) return tasks.flatMap((task) => taskLines(task, `${i + 1}. `))
    return [`${i + 1}. side by side:`, ...indented(tasks.flatMap((task) => taskLines(task, '- ')))]
  })
}

function taskLines(task: TaskPlan, mark: string): string[] {
  const { preCondition, continueOnFailure, problem } = task
  const details = [
    ...(preCondition === null ? [] : [`only if ${oneLine(preCondition)}`]),
    ...(problem === null ? [] : [`fails before it sends anything: ${problem}`]),
    ...detailLines(task),
    ...(continueOnFailure ? ['goes on if it fails'] : []),
  ]
  return [`${mark}${task.name}: ${headline(task)}`, ...indented(details)]
}

function headline(task: TaskPlan): string {
  switch (task.type) {
    case 'POLL':
      return `poll ${task.request.method} ${task.request.url}`
    case 'REST':
      return `${task.request.method} ${task.request.url}`
    case 'CONDITION':
      return `goes on if ${oneLine(task.condition)}`
    case 'PIPELINE':
      return `runs ${task.plan.name}`
  }
}

function detailLines(task: TaskPlan): string[] {
  switch (task.type) {
    case 'POLL': {
      const { exitCriteria, pollCount, pollIntervalSeconds, timeoutSeconds } = task
      const bound = timeoutSeconds === null ? '' : `, within ${describeSeconds(timeoutSeconds)}`
      const attempts = `${count(pollCount, 'attempt')}, ${describeSeconds(pollIntervalSeconds)} apart${bound}`
      return [
        ...requestLines(task.request),
        ...ifGiven('succeeds if', exitCriteria.success),
        ...ifGiven('fails if', exitCriteria.failure),
        ...ifGiven('waits while', exitCriteria.pending),
        `${attempts}: ${atMost(task.longestSeconds)}`,
      ]
    }
    case 'REST': {
      const { retry } = task
      const again =
        retry &&
        `sent again up to ${count(retry.count, 'time')}, ${describeSeconds(retry.intervalSeconds)} apart`
      return [...requestLines(task.request), ...(again ? [again] : []), atMost(task.longestSeconds)]
    }
    case 'CONDITION':
      return []
    case 'PIPELINE':
      return pipelineLines(task.plan)
  }
}

function requestLines({ headers, payload }: RequestPlan): string[] {
  const named = Object.entries(headers).map(([name, value]) => `${name}: ${oneLine(value)}`)
  return payload === null ? named : [...named, `payload ${oneLine(payload)}`]
}

function ifGiven(says: string, condition: string | null): string[] {
  return condition === null ? [] : [`${says} ${oneLine(condition)}`]
}

function rollbackLine({ stage, task, pipeline, longestSeconds }: PipelinePlan['rollbacks'][number]): string {
  const failed = task === null ? stage : `${stage}.${task}`
  return `if ${failed} fails: runs ${pipeline} to roll back, ${atMost(longestSeconds)}`
}

function atMost(seconds: number): string {
  return seconds === 0 ? 'at once' : `at most ${describeSeconds(seconds)}`
}

function indented(lines: readonly string[]): string[] {
  return lines.map((line) => `  ${line}`)
}

const LONGEST = 200

function oneLine(text: string): string {
  const line = text.trim().replace(/\s+/g, ' ')
  return line.length > LONGEST ? `${line.slice(0, LONGEST)}...` : line
}
