import type { HttpRequest } from '../core/attempt.ts'
import { BideError } from '../core/errors.ts'
import { attemptTimeoutMs, nextRequest } from '../core/poll.ts'
import { tasksOf } from './definition.ts'
import { webhookOf } from './notices.ts'
import { renderPoll, renderRequest, renderRest } from './render-task.ts'
import { advanceRun, ROLLBACK, type RunPath, taskOf } from './run.ts'
import { isEnded, type RunState, taskKey } from './run-state.ts'
import { envOf, pipelineOf, type RunContext } from './scope.ts'

/** One HTTP exchange that a run waits for. */
export interface Exchange {
  /** Stays the same until it has been answered. */
  readonly key: string
  readonly kind: 'poll' | 'rest' | 'notice'
  readonly path: RunPath
  /** Epoch ms. */
  readonly dueAt: number
  /** The number of a notice. */
  readonly id: number
}

/** All that is to be sent for a run as it stands, now or later: a driver keeps what is in flight equal to it. */
export function pendingExchanges(run: RunState, prefix: RunPath = []): Exchange[] {
  const notices = run.outbox.map(({ id, dueAt }): Exchange => {
    const path = [...prefix, NOTICE]
    return { key: keyOf(path, id), kind: 'notice', path, dueAt, id }
  })
  const tasks = Object.entries(run.tasks).flatMap(([name, { work, child }]): Exchange[] => {
    const path = [...prefix, name]
    if (child !== null) return pendingExchanges(child, path)
    if (work === null || isEnded(run.status)) return []
    const [dueAt, id] =
      work.kind === 'poll' ? [work.state.dueAt, work.state.iterationCount] : [work.dueAt, work.tries]
    return [{ key: keyOf(path, id), kind: work.kind, path, dueAt, id }]
  })
  const inRollback = run.rollback ? pendingExchanges(run.rollback.run, [...prefix, ROLLBACK]) : []
  return [...notices, ...tasks, ...inRollback]
}

/** The last part of the path of a notification. */
const NOTICE = 'notice'

/** REST requests that may or may not have reached their server when the driver stopped. */
export function unknownExchanges(context: RunContext, run: RunState): (Exchange & { isSafe: boolean })[] {
  return pendingExchanges(run).flatMap((exchange) => {
    if (exchange.kind !== 'rest') return []
    const { inner, key } = innermost(run, exchange.path)
    const work = inner.tasks[key]?.work
    const task = taskOf(context, inner, key)
    if (work?.kind !== 'rest' || !work.isSent || task.type !== 'REST') return []
    return [{ ...exchange, isSafe: task.input.action === 'GET' || task.input.idempotencyKey }]
  })
}

/** The run with each of those ended as unknown, or to be sent again where that does no harm. */
export function withUnknownSettled(context: RunContext, run: RunState, now: number): RunState {
  return unknownExchanges(context, run).reduce((after, { path, isSafe }) => {
    const event = { kind: 'lost', path, sendAgain: isSafe, now } as const
    return advanceRun(context, after, event).run
  }, run)
}

/** What is to be put on the wire, and its bounds. */
export interface Sendable {
  readonly request: HttpRequest
  readonly timeoutMs: number
  readonly maxBodyBytes: number
  /** It carries an `If-None-Match` of ours. */
  readonly conditional: boolean
}

const NOTICE_BOUNDS = { timeoutMs: 30_000, maxBodyBytes: 64 * 1024, conditional: false }

/**
 * The request of a pending exchange; bindings are filled in anew, so no secret is ever in a state.
 * @throws BideError where a notification's bindings have no value.
 */
export function sendableOf(context: RunContext, root: RunState, exchange: Exchange, now: number): Sendable {
  const { inner: run, key } = innermost(root, exchange.path)
  const { lookup } = envOf(context, run, now)
  if (exchange.kind === 'notice') return noticeRequest(context, run, exchange)
  const task = taskOf(context, run, key)
  const work = run.tasks[key]?.work
  if (task.type === 'POLL' && work?.kind === 'poll') {
    const poll = renderPoll(task, lookup).task
    const timeoutMs = attemptTimeoutMs(poll, work.state, now)
    return { ...nextRequest(poll, work.state), timeoutMs, maxBodyBytes: poll.maxBodyBytes }
  }
  if (task.type !== 'REST') throw new Error(`${exchange.key} is not pending`)
  const idempotencyKey = task.input.idempotencyKey ? `${run.executionId}.${encodeURIComponent(key)}` : null
  return {
    request: renderRest(task, lookup, idempotencyKey),
    timeoutMs: task.input.requestTimeoutSeconds * 1000,
    maxBodyBytes: task.input.maxBodyBytes,
    conditional: false,
  }
}

function noticeRequest(context: RunContext, run: RunState, { id }: Exchange): Sendable {
  const notice = run.outbox.find((candidate) => candidate.id === id)
  const pipeline = pipelineOf(context, run.pipeline)
  const tasks = new Map(tasksOf(pipeline).map((task) => [taskKey(task), task]))
  const webhook = notice && webhookOf(pipeline, tasks, notice)
  if (!notice || !webhook) throw new BideError('state-mismatch', `there is no notification ${id}`)
  const { status, statusMessage } = notice
  const then = notice.task === null ? { ...run, status: status as RunState['status'], statusMessage } : run
  const request = renderRequest(webhook, envOf(context, then, notice.dueAt).lookup)
  return { request: { method: webhook.action, ...request }, ...NOTICE_BOUNDS }
}

/** The run in which a path ends, and the last part of the path. */
function innermost(run: RunState, path: RunPath): { inner: RunState; key: string } {
  const inner = runAt(run, path)
  if (inner === null) throw new Error(`nothing runs at ${path.join(' > ')}`)
  return { inner, key: path.at(-1) as string }
}

/** The run in which a path ends; null where there is none, or none any more. */
export function runAt(run: RunState, path: RunPath): RunState | null {
  const [key, ...rest] = path as [string, ...string[]]
  if (rest.length === 0) return run
  const child = key === ROLLBACK ? run.rollback?.run : run.tasks[key]?.child
  return child ? runAt(child, rest) : null
}

function keyOf(path: RunPath, id: number): string {
  return `${path.join(' > ')}#${id}`
}
