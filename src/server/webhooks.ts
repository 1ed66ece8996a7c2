import type { Effects } from '../engine/effects.ts'
import type { Sealer } from '../engine/embedded/sealer.ts'
import type { Engine } from '../engine/engine.ts'
import { openWebhook, sealWebhook } from '../engine/webhook.ts'
import { tryWebhook } from '../engine/webhook-try.ts'
import type { Outbox, OutboxEntry } from '../store/outbox.ts'
import type { Log } from './log.ts'

export interface WebhookOptions {
  readonly outbox: Outbox
  readonly engine: Pick<Engine, 'get'>
  readonly sealer: Sealer
  readonly effects: Pick<Effects, 'clock' | 'random' | 'transport'>
  readonly log: Log
  readonly onProblem: (error: unknown) => void
  readonly signal: AbortSignal
}

const LOOK_EVERY_MS = 1000
const AT_ONCE = 16

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
  const tried = await tryWebhook(poll, hook, { effects, signal })
  // What was broken off by the stop is tried again at the next start.
  if (tried === null) return
  if (tried.kind === 'delivered') {
    log('debug', 'webhook-delivered', `the webhook of ${id} was delivered`, { id })
    return outbox.remove(id)
  }
  const { failures, why } = tried
  if (tried.kind === 'given-up') {
    log('warn', 'webhook-given-up', `the webhook of ${id} is given up: ${why}`, { id, failures })
    return outbox.remove(id)
  }
  log('info', 'webhook-failed', `the webhook of ${id} failed: ${why}`, { id, failures })
  const value = sealWebhook(sealer, id, { ...hook, failures })
  await outbox.put({ id, dueAt: tried.dueAt, value })
}
