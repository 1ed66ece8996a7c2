import { describeSeconds } from '../../core/message.ts'
import type { WaitReason } from '../../core/schedule.ts'
import { DEFAULT_SUCCESS, type PollTask } from '../../core/task.ts'
import type { PollView } from '../../engine/engine.ts'
import { plain } from './progress.ts'
import { type TextRow, textRows } from './text-rows.ts'

/** A poll of a server in lines: why it still waits and until when, or how it ended. */
export function pollText(poll: PollView, now: number): string {
  const { id, name, status, task, message } = poll
  const title = [name ?? task.url, status, poll.outcome ?? ''].filter((part) => part !== '').join('  ')
  const rows: TextRow[] = [
    ['id', id],
    ['asks', asks(task)],
    ...(message === null
      ? waitingRows(poll, now)
      : [['ended', `${ago(poll.endedAt, now)}: ${message}`] as const]),
    ...criteriaRows(poll),
    [
      'seen',
      Object.entries(poll.observed)
        .map(([what, times]) => `${times} x ${what}`)
        .join(', '),
    ],
    ['started', ago(poll.startedAt, now)],
  ]
  return plain([title, ...textRows(rows)].join('\n'))
}

function asks({ method, url, pollCount, pollIntervalSeconds }: PollTask): string {
  return `${method} ${url}, every ${describeSeconds(pollIntervalSeconds)}, at most ${pollCount} times`
}

function waitingRows({ status, last, task, ...poll }: PollView, now: number): TextRow[] {
  const { iterationCount, nextAttemptAt, waitReason, deadlineAt } = poll
  const attempt = `attempt ${iterationCount + 1} of ${task.pollCount}`
  const next =
    nextAttemptAt === null
      ? status === 'PAUSED'
        ? 'paused: nothing is asked until it is resumed'
        : `${attempt} is under way`
      : `${attempt} comes ${when(nextAttemptAt, now)}${waitReason === null ? '' : `: ${waitWords(waitReason, task)}`}`
  const limits = [
    `after ${task.pollCount} attempts`,
    ...(deadlineAt === null ? [] : [`at the latest ${when(deadlineAt, now)}`]),
  ]
  return [
    ['why', last === null ? 'there was no answer yet' : `${last.verdict}: ${last.reason}`],
    ['waits', next],
    ['gives up', limits.join(', ')],
  ]
}

/** Each condition, and the values in it that the last attempt saw. */
function criteriaRows({ task, last }: PollView): TextRow[] {
  const { success, failure, pending } = task.exitCriteria
  const conditions = [
    ['success', success ?? DEFAULT_SUCCESS],
    ['failure', failure],
    ['pending', pending],
  ] as const
  return conditions.flatMap(([role, source]): TextRow[] => {
    if (source === null) return []
    const seen = Object.entries(last?.values ?? {}).filter(([name]) => source.includes(name))
    const values = seen.map(([name, value]) => `${name} is ${value}`).join(', ')
    return [[role, values === '' ? source : `${source}   (${values})`]]
  })
}

/** Why the next attempt comes when it does. */
export function waitWords(reason: WaitReason, task: Pick<PollTask, 'pollIntervalSeconds'>): string {
  switch (reason) {
    case 'initial-delay':
      return 'the initial delay'
    case 'interval':
      return `the interval is ${describeSeconds(task.pollIntervalSeconds)}`
    case 'backoff':
      return 'the interval has grown by backoff'
    case 'retry-after':
      return 'the server asked for this pause (Retry-After)'
    case 'last-chance':
      return 'it is the last chance before the deadline'
  }
}

/** `in 4 s (14:33:20)`; what is overdue comes at once. */
export function when(at: string, now: number): string {
  const left = Date.parse(at) - now
  return left <= 0 ? 'at once' : `in ${describeSeconds(left / 1000)} (${clockTime(at)})`
}

/** `3 min ago (14:33:20)`. */
export function ago(at: string | null, now: number): string {
  if (at === null) return ''
  return `${describeSeconds(Math.max(0, now - Date.parse(at)) / 1000)} ago (${clockTime(at)})`
}

/** In the time zone of who reads it; with the day where it is another one. */
function clockTime(at: string): string {
  const date = new Date(at)
  const time = date.toLocaleTimeString('en-GB')
  const isToday = date.toDateString() === new Date().toDateString()
  return isToday ? time : `${date.toLocaleDateString('sv-SE')} ${time}`
}
