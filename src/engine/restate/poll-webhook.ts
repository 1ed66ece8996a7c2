import type { ObjectSharedContext, TypedState } from '@restatedev/restate-sdk'
import { pollView } from '../embedded/poll-view.ts'
import type { Webhook } from '../webhook.ts'
import { tryWebhook, type WebhookTried } from '../webhook-try.ts'
import { CROWDED_PAUSE_MS } from './budget.ts'
import type { PollRecord } from './poll-record.ts'
import type { PollShelf } from './poll-shelf.ts'
import type { WorkerParts } from './worker-parts.ts'

/**
 * Tells who is to be told how a poll ended. A try is one journaled step, and the pause before the next one the delay of a
 * message; who dies in between tells it once more.
 */
export function pollWebhook({ effects, budget, onProblem }: WorkerParts, shelf: PollShelf) {
  /** Null where there was no room at its origin. */
  const tryOnce = async (
    record: PollRecord,
    { webhook, failures }: { webhook: Webhook; failures: number },
    signal: AbortSignal,
  ): Promise<WebhookTried | null> => {
    const release = await budget.enter(new URL(webhook.url).origin, signal)
    const tried =
      release &&
      (await tryWebhook(pollView(record), { ...webhook, failures }, { effects, signal }).finally(release))
    // What was broken off is no try.
    signal.throwIfAborted()
    if (tried?.kind === 'given-up') onProblem(`the webhook of ${record.id} is given up: ${tried.why}`)
    return tried
  }
  return async (ctx: ObjectSharedContext<TypedState>, failures: number): Promise<void> => {
    const record = await shelf.load(ctx)
    // It was removed meanwhile: there is nothing left to tell.
    if (!record?.webhook) return
    const { webhook } = record
    const controller = new AbortController()
    ctx.request().attemptCompletedSignal.addEventListener('abort', () => controller.abort())
    const tried = await ctx.run('webhook', () => tryOnce(record, { webhook, failures }, controller.signal))
    if (tried === null) shelf.tell(ctx, failures, effects.clock.now() + CROWDED_PAUSE_MS)
    else if (tried.kind === 'failed') shelf.tell(ctx, tried.failures, tried.dueAt)
  }
}
