import type { Attempt } from '../core/attempt.ts'
import { retryAfterMs } from '../core/retry-after.ts'
import type { Effects } from './effects.ts'
import type { PollView } from './engine.ts'
import type { KeptWebhook } from './webhook.ts'
import { webhookMessage } from './webhook-message.ts'

/** The pauses before the tries after the first: about a day and a half in all. Then it is given up. */
export const RETRY_AFTER_SECONDS = [5, 30, 120, 600, 3600, 5 * 3600, 10 * 3600, 20 * 3600] as const
/** Of a pause, by which tries are spread. */
const JITTER = 0.1
const LONGEST_RETRY_AFTER_MS = 86_400_000
const TIMEOUT_MS = 15_000
const MAX_ANSWER_BYTES = 64 * 1024

/** What came of a try; `failures` are all so far. */
export type WebhookTried =
  | { readonly kind: 'delivered' }
  /** It is tried again at `dueAt`, in epoch ms. */
  | { readonly kind: 'failed'; readonly why: string; readonly failures: number; readonly dueAt: number }
  | { readonly kind: 'given-up'; readonly why: string; readonly failures: number }

export interface WebhookTry {
  readonly effects: Pick<Effects, 'clock' | 'random' | 'transport'>
  readonly signal: AbortSignal
}

/** Tells a webhook once how its poll ended. Null where the signal has broken that off, so that nobody knows. */
export async function tryWebhook(
  poll: PollView,
  hook: KeptWebhook,
  { effects, signal }: WebhookTry,
): Promise<WebhookTried | null> {
  const { clock, random, transport } = effects
  const { headers, payload } = webhookMessage(poll, { secret: hook.secret, now: clock.now() })
  const request = { method: 'POST', url: hook.url, headers, payload }
  const bounds = { timeoutMs: TIMEOUT_MS, maxBodyBytes: MAX_ANSWER_BYTES }
  const { result } = await transport.send(request, { ...bounds, signal })
  if (signal.aborted && result.kind === 'failure') return null
  const verdict = verdictOf(result)
  if (verdict.kind === 'delivered') return verdict
  const { why } = verdict
  const failures = hook.failures + 1
  const pauseSeconds = verdict.kind === 'refused' ? undefined : RETRY_AFTER_SECONDS[failures - 1]
  if (pauseSeconds === undefined) return { kind: 'given-up', why, failures }
  const pauseMs = pauseSeconds * 1000 * (1 + JITTER * (2 * random() - 1))
  const dueAt = clock.now() + Math.max(pauseMs, askedPauseMs(result, clock.now()))
  return { kind: 'failed', why, failures, dueAt }
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
