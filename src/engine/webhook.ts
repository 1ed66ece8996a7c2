import * as v from 'valibot'
import type { Sealer } from './embedded/sealer.ts'

/** Who is told once a poll has ended. */
export const webhookSchema = v.strictObject({
  url: v.pipe(
    v.string(),
    v.check(
      (text) => URL.canParse(text) && /^https?:$/.test(new URL(text).protocol),
      'expected an http or https URL',
    ),
    v.description('Where it is sent by POST. The rules of egress hold.'),
  ),
  secret: v.optional(
    v.pipe(
      v.nullable(
        v.pipe(
          v.string(),
          v.regex(
            /^whsec_(?:[A-Za-z0-9+/]{4}){8,21}(?:[A-Za-z0-9+/]{2,4}={0,2})?$/,
            'expected whsec_ and base64 of 24 to 64 bytes',
          ),
        ),
      ),
      v.description('`whsec_` and base64 of 24 to 64 bytes, with which it is signed; without it, it is not.'),
    ),
    null,
  ),
})

export type Webhook = v.InferOutput<typeof webhookSchema>

/** What is sealed in the outbox for a webhook; what it says is read from the run when it is sent. */
export interface KeptWebhook extends Webhook {
  /** Tries that have failed. */
  readonly failures: number
}

/** As it is kept in the outbox, under the id of its run. */
export function sealWebhook(sealer: Pick<Sealer, 'seal'>, id: string, webhook: KeptWebhook): Uint8Array {
  return sealer.seal(JSON.stringify(webhook), placeOf(id))
}

export function openWebhook(sealer: Pick<Sealer, 'open'>, id: string, sealed: Uint8Array): KeptWebhook {
  return JSON.parse(sealer.open(sealed, placeOf(id))) as KeptWebhook
}

function placeOf(id: string): string {
  return `outbox ${id}`
}
