import { describeSeconds } from '../../core/message.ts'
import { plain } from './progress.ts'
import { table } from './text-rows.ts'

/** A poll or an execution as a server lists it. */
export interface ListedRun {
  readonly kind: 'poll' | 'execution'
  readonly id: string
  readonly name: string | null
  readonly status: string
  readonly outcome: string | null
  readonly iterationCount: number
  readonly pollCount: number | null
  readonly lastCode: number | null
  readonly nextAttemptAt: string | null
  readonly startedAt: string
  readonly endedAt: string | null
  readonly executionIndex: number | null
}

const HEADING = ['ID', 'KIND', 'STATUS', 'ATTEMPTS', 'CODE', 'WHEN', 'NAME']

/** One line a run, under a heading. */
export function runTable(runs: readonly ListedRun[], now: number): string[] {
  return table(
    HEADING,
    runs.map((run) => [
      run.id,
      run.kind,
      run.status,
      run.pollCount === null ? String(run.iterationCount) : `${run.iterationCount}/${run.pollCount}`,
      run.lastCode === null ? '-' : String(run.lastCode),
      moment(run, now),
      plain(nameOf(run)).replace(/\s+/g, ' '),
    ]),
  )
}

function nameOf({ name, executionIndex }: ListedRun): string {
  return [name ?? '-', ...(executionIndex === null ? [] : [`#${executionIndex}`])].join(' ')
}

/** When it ended, or is asked next. */
function moment({ endedAt, nextAttemptAt, startedAt }: ListedRun, now: number): string {
  if (endedAt !== null) return `ended ${since(endedAt, now)} ago`
  if (nextAttemptAt === null) return `began ${since(startedAt, now)} ago`
  const left = Date.parse(nextAttemptAt) - now
  return left <= 0 ? 'asks now' : `asks in ${describeSeconds(left / 1000)}`
}

function since(at: string, now: number): string {
  return describeSeconds(Math.max(0, now - Date.parse(at)) / 1000)
}
