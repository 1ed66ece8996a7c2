import * as v from 'valibot'

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

/** Where it is sealed: its entry in the outbox has the id of its run. */
export function webhookPlace(id: string): string {
  return `outbox ${id}`
}
