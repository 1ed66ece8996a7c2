import * as v from 'valibot'
import { pollTaskSchema } from '../../core/task.ts'
import { CHANGEABLE_KEYS } from '../../engine/engine.ts'
import { webhookSchema } from '../../engine/webhook.ts'
import { said } from './common.ts'

type Key = keyof typeof pollTaskSchema.entries

const MEANINGS: Readonly<Record<Key, string>> = {
  url: 'What is asked: http or https, in full. As headers and payload, it may hold `${var.NAME}`.',
  method: 'The HTTP method.',
  headers: 'Sent with every attempt. Kept encrypted, and never shown again.',
  payload: 'The body, sent anew with every attempt.',
  pollCount: 'Attempts at most.',
  pollIntervalSeconds: 'From the end of an attempt to the start of the next.',
  ignoreFailure:
    'An attempt that says nothing about the job (no answer, a 500 without a condition for it) counts as pending; `transient`: only where that can heal by itself.',
  exitCriteria:
    'The conditions that decide, each a CEL expression over the response: `status == "FINISHED"`, `responseCode == 200`, `responseJson.items.all(i, i.ok)`. `failure` is asked first. Without `success`, any 2xx is a success.',
  timeoutSeconds: 'For the whole task, from its start; null for no end.',
  requestTimeoutSeconds: 'For one attempt, from connecting to the last byte.',
  initialDelaySeconds: 'Before the first attempt.',
  backoff: 'How the interval grows while the job is pending; `jitter` spreads it, 0 to 1.',
  successThreshold: 'Attempts in a row that must succeed.',
  progress: 'A number expression over the response, watched by `stallSeconds`.',
  stallSeconds: 'The poll fails when `progress` has stood still for so long.',
  maxBodyBytes: 'A longer answer, once decoded, is no answer.',
}

/** The fields of a Poll task as a caller writes them, each with its meaning. */
export const TASK_FIELDS: v.ObjectEntries = Object.fromEntries(
  Object.entries(pollTaskSchema.entries).map(([key, schema]) => [key, said(MEANINGS[key as Key], schema)]),
)

/** The body of `POST /polls`. */
export const newPollSchema = v.strictObject({
  name: v.optional(said('For people, and to filter by.', v.nullable(v.pipe(v.string(), v.maxLength(200))))),
  webhook: v.optional(said('Who is told once it has ended.', v.nullable(webhookSchema))),
  ...TASK_FIELDS,
})

/** The body of `PATCH /polls/{id}`. */
export const pollChangesSchema = v.strictObject(
  Object.fromEntries(
    CHANGEABLE_KEYS.map((key) => [key, said(MEANINGS[key], v.optional(bare(pollTaskSchema.entries[key])))]),
  ),
)

/** Without its default: what is left out stays as it is. */
function bare(schema: v.GenericSchema): v.GenericSchema {
  return 'wrapped' in schema ? (schema.wrapped as v.GenericSchema) : schema
}

const conditionText = v.nullable(v.string())
const texts = v.record(v.string(), v.string())

/** A task with every default, as it is shown. */
export const shownTaskSchema = v.object({
  url: v.string(),
  method: v.string(),
  headers: said('Values that may be secret are masked.', texts),
  payload: said('Masked.', v.nullable(v.string())),
  pollCount: v.number(),
  pollIntervalSeconds: v.number(),
  ignoreFailure: v.union([v.boolean(), v.literal('transient')]),
  exitCriteria: v.object({ success: conditionText, failure: conditionText, pending: conditionText }),
  timeoutSeconds: v.nullable(v.number()),
  requestTimeoutSeconds: v.number(),
  initialDelaySeconds: v.number(),
  backoff: v.nullable(v.object({ factor: v.number(), maxSeconds: v.number(), jitter: v.number() })),
  successThreshold: v.number(),
  progress: conditionText,
  stallSeconds: v.nullable(v.number()),
  maxBodyBytes: v.number(),
})
