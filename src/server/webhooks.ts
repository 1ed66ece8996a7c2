import type { Attempt } from '../core/attempt.ts'
import { retryAfterMs } from '../core/retry-after.ts'
import type { Effects } from '../engine/effects.ts'
import type { Sealer } from '../engine/embedded/sealer.ts'
import type { Engine } from '../engine/engine.ts'
import { openWebhook, sealWebhook } from '../engine/webhook.ts'
import type { Outbox, OutboxEntry } from '../store/outbox.ts'
import type { Log } from './log.ts'
import { webhookMessage } from './webhook-message.ts'

export interface WebhookOptions {
  readonly outbox: Outbox
  readonly engine: Pick<Engine, 'get'>
  readonly sealer: Sealer
  readonly effects: Pick<Effects, 'clock' | 'random' | 'transport'>
  readonly log: Log
  readonly onProblem: (error: unknown) => void
  readonly signal: AbortSignal
}

/** The pauses before the tries after the first: about a day and a half in all. Then it is given up. */
export const RETRY_AFTER_SECONDS = [5, 30, 120, 600, 3600, 5 * 3600, 10 * 3600, 20 * 3600] as const
/** Of a pause, by which tries are spread. */
const JITTER = 0.1
const LONGEST_RETRY_AFTER_MS = 86_400_000
const LOOK_EVERY_MS = 1000
const AT_ONCE = 16
const TIMEOUT_MS = 15_000
const MAX_ANSWER_BYTES = 64 * 1024

/** Sends webhooks that are due, until the signal is aborted. */
export async function sendWebhooks(options: WebhookOptions): Promise<void> {
  const { signal, effects, onProblem } = options
  while (!signal.aborted) {
    const sent = await sendDueWebhooks(options).catch((error: unknown) => {
      onProblem(error)
      return 0
    })
    if (sent < AT_ONCE)
      await effects.clock.sleepUntil(effects.clock.now() + LOOK_EVERY_MS, signal).catch(() => {})
  }
}

/** Tries those that are due once, so many at most. How many there were. */
export async function sendDueWebhooks(options: WebhookOptions): Promise<number> {
  const { outbox, effects } = options
  const due = await outbox.due({ until: effects.clock.now(), limit: AT_ONCE })
  await Promise.all(due.map((entry) => send(options, entry)))
  return due.length
}

async function send(options: WebhookOptions, entry: OutboxEntry): Promise<void> {
  const { outbox, engine, sealer, effects, signal, log } = options
  const { id } = entry
  const hook = openWebhook(sealer, id, entry.value)
  const poll = await engine.get(id)
  // It was removed meanwhile: there is nothing left to tell.
  if (poll === null) return outbox.remove(id)
  const { clock } = effects
  const { headers, payload } = webhookMessage(poll, { secret: hook.secret, now: clock.now() })
  const request = { method: 'POST', url: hook.url, headers, payload }
  const sent = await effects.transport.send(request, {
    timeoutMs: TIMEOUT_MS,
    maxBodyBytes: MAX_ANSWER_BYTES,
    signal,
  })
  // What was broken off by the stop is tried again at the next start.
  if (signal.aborted && sent.result.kind === 'failure') return
  const verdict = verdictOf(sent.result)
  if (verdict.kind === 'delivered') {
    log('debug', 'webhook-delivered', `the webhook of ${id} was delivered`, { id })
    return outbox.remove(id)
  }
  const failures = hook.failures + 1
  const pauseSeconds = verdict.kind === 'refused' ? undefined : RETRY_AFTER_SECONDS[failures - 1]
  if (pauseSeconds === undefined) {
    log('warn', 'webhook-given-up', `the webhook of ${id} is given up: ${verdict.why}`, { id, failures })
    return outbox.remove(id)
  }
  const pauseMs = pauseSeconds * 1000 * (1 + JITTER * (2 * effects.random() - 1))
  const dueAt = clock.now() + Math.max(pauseMs, askedPauseMs(sent.result, clock.now()))
  log('info', 'webhook-failed', `the webhook of ${id} failed: ${verdict.why}`, { id, failures })
  const value = sealWebhook(sealer, id, { ...hook, failures })
  await outbox.put({ id, dueAt, value })
}

type Verdict =
  | { readonly kind: 'delivered' }
  | { readonly kind: 'failed'; readonly why: string }
  /** It would be no other at the next try. */
  | { readonly kind: 'refused'; readonly why: string }

function verdictOf(result: Attempt['result']): Verdict {
  if (result.kind === 'failure') {
    const { kind, message } = result.failure
    return { kind: kind === 'denied' ? 'refused' : 'failed', why: message }
  }
  const { code } = result.response
  if (code >= 200 && code < 300) return { kind: 'delivered' }
  // Gone: whoever says so wants no more.
  return { kind: code === 410 ? 'refused' : 'failed', why: `it was answered with ${code}` }
}

function askedPauseMs(result: Attempt['result'], now: number): number {
  if (result.kind === 'failure') return 0
  return Math.min(LONGEST_RETRY_AFTER_MS, retryAfterMs(result.response.headers, now) ?? 0)
}
