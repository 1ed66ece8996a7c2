import { createHmac } from 'node:crypto'
import type { PollView } from './engine.ts'

/** What a webhook is sent. */
export interface WebhookMessage {
  readonly headers: Readonly<Record<string, string>>
  readonly payload: string
}

export interface WebhookMessageOptions {
  /** `whsec_...`; null: it is not signed. */
  readonly secret: string | null
  /** Epoch ms. */
  readonly now: number
}

/**
 * How a poll ended, as Standard Webhooks have it (standardwebhooks.com). What came back is not in it: whoever wants
 * that reads the poll. `webhook-id` is the same at every try.
 */
export function webhookMessage(poll: PollView, { secret, now }: WebhookMessageOptions): WebhookMessage {
  const { id, name, status, outcome, message, iterationCount, startedAt, endedAt, output } = poll
  const responseCode = output?.responseCode ?? null
  const data = { id, name, status, outcome, message, iterationCount, responseCode, startedAt, endedAt }
  const payload = JSON.stringify({ type: 'poll.ended', timestamp: endedAt, data })
  const messageId = `poll.ended.${id}`
  const timestamp = String(Math.floor(now / 1000))
  return {
    payload,
    headers: {
      'Content-Type': 'application/json',
      'webhook-id': messageId,
      'webhook-timestamp': timestamp,
      ...(secret !== null && {
        'webhook-signature': signature(secret, `${messageId}.${timestamp}.${payload}`),
      }),
    },
  }
}

function signature(secret: string, signed: string): string {
  const key = Buffer.from(secret.replace(/^whsec_/, ''), 'base64')
  return `v1,${createHmac('sha256', key).update(signed).digest('base64')}`
}
