import { count } from '../../core/message.ts'
import type { ExecutionView } from '../../engine/executions.ts'
import { shownExecution } from './execution-rows.ts'
import { ago } from './poll-text.ts'
import { plain } from './progress.ts'
import { textRows } from './text-rows.ts'

/** An execution of a server in lines: where it stands and what each of its tasks waits for, or how it ended. */
export function executionText(execution: ExecutionView, now: number): string {
  const { name, executionIndex, executionId, status, statusMessage, startedAt, endedAt } = execution
  const head = textRows([
    ['id', executionId],
    ['started', [ago(startedAt, now), by(execution)].filter((part) => part !== '').join(' ')],
    ['comments', execution.comments],
    ['input', inputs(execution)],
    ['ended', endedAt === null ? '' : `${ago(endedAt, now)}: ${statusMessage}`],
    ['notes', execution.notes.join('\n')],
  ])
  const [, ...rows] = shownExecution(execution).rows(now)
  const widest = Math.max(0, ...rows.map((row) => row.depth * 2 + row.name.length))
  const tree = rows.map(
    ({ depth, name, status, text }) =>
      `${`${'  '.repeat(depth)}${name}`.padEnd(widest + 2)}${status}${text === '' ? '' : `  ${text}`}`,
  )
  return plain([`${name} #${executionIndex}  ${status}`, ...head, '', ...tree].join('\n'))
}

function by({ requestBy }: ExecutionView): string {
  return requestBy === '' ? '' : `by ${requestBy}`
}

function inputs({ input }: ExecutionView): string {
  const all = Object.entries(input).map(([name, value]) => `${name}=${value}`)
  return all.length > 5 ? count(all.length, 'value') : all.join(', ')
}
