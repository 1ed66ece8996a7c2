import type { Pipeline, Task } from './definition.ts'
import { type Notice, type RunState, type TaskRun, taskKey } from './run-state.ts'
import type { Webhook } from './schema.ts'

/** What a webhook can be told. */
export type NoticeEvent = 'success' | 'failure' | 'waiting' | 'start' | 'cancel'

const EVENTS: readonly (readonly [RegExp, NoticeEvent])[] = [
  [/^(?:success|comp)/i, 'success'],
  [/^fail/i, 'failure'],
  [/^wait/i, 'waiting'],
  [/^start/i, 'start'],
  [/^cancel/i, 'cancel'],
]

/** Puts the webhooks of an event into the outbox; `task` is null for the pipeline's own. */
export function notify(
  run: RunState,
  webhooks: readonly Webhook[],
  said: { event: NoticeEvent; task: string | null; status: string; statusMessage: string; now: number },
): RunState {
  const { event, now, ...rest } = said
  const due = webhooks.flatMap((webhook, index) => (eventOf(webhook) === event ? [index] : []))
  if (due.length === 0) return run
  const first = run.noticeCount
  const notices = due.map((index, i): Notice => ({ id: first + i, index, dueAt: now, ...rest }))
  return { ...run, outbox: [...run.outbox, ...notices], noticeCount: first + due.length }
}

/** The event of a task's new status; null for one that is not told of. */
function taskEvent(status: string): NoticeEvent | null {
  if (status === 'COMPLETED') return 'success'
  if (status === 'FAILED' || status === 'FAILED_CONTINUE') return 'failure'
  return status === 'CANCELED' ? 'cancel' : null
}

/** Puts what a task's webhooks are to be told into the outbox. */
export function told(
  run: RunState,
  { task, before, after, now }: { task: Task; before: TaskRun | undefined; after: TaskRun; now: number },
): RunState {
  const said = { task: taskKey(task), status: after.status, statusMessage: after.message, now }
  const isFirstWait = after.work?.kind === 'poll' && after.work.state.iterationCount === 1
  if (isFirstWait) return notify(run, task.webhooks, { ...said, event: 'waiting' })
  const hasBegun = before === undefined && after.status !== 'SKIPPED'
  const started = hasBegun ? notify(run, task.webhooks, { ...said, event: 'start', status: 'RUNNING' }) : run
  const event = before?.status === after.status ? null : taskEvent(after.status)
  return event === null ? started : notify(started, task.webhooks, { ...said, event })
}

/** The webhook that a notice is about. */
export function webhookOf(
  pipeline: Pipeline,
  tasks: ReadonlyMap<string, Task>,
  notice: Notice,
): Webhook | null {
  const webhooks = notice.task === null ? pipeline.webhooks : (tasks.get(notice.task)?.webhooks ?? [])
  return webhooks[notice.index] ?? null
}

function eventOf({ event }: Webhook): NoticeEvent | null {
  return EVENTS.find(([pattern]) => pattern.test(event))?.[1] ?? null
}
