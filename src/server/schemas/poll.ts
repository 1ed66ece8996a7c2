import * as v from 'valibot'
import { instantSchema, nextSchema, said } from './common.ts'
import { shownTaskSchema } from './poll-task.ts'

export const POLL_STATUSES = ['RUNNING', 'PAUSED', 'COMPLETED', 'FAILED', 'CANCELED'] as const

export const outcomeSchema = v.picklist([
  'succeeded',
  'failed',
  'exhausted',
  'timed-out',
  'stalled',
  'broken',
  'cancelled',
])
const verdictSchema = v.picklist(['succeeded', 'failed', 'pending', 'throttled', 'broken'])
const waitReasonSchema = v.picklist(['initial-delay', 'interval', 'backoff', 'retry-after', 'last-chance'])
const count = v.pipe(v.number(), v.integer())
const texts = v.record(v.string(), v.string())
const values = said('What the conditions saw, shortened.', texts)

export const outputsSchema = v.object({
  status: v.picklist(['RUNNING', 'COMPLETED', 'FAILED', 'CANCELED']),
  iterationCount: said('Attempts made.', count),
  pollCount: said('Attempts allowed.', count),
  expectedResponse: said('The condition that ended it; the success condition where none did.', v.string()),
  responseHeaders: texts,
  responseBody: v.string(),
  interval: said('`pollIntervalSeconds`.', v.number()),
  processedUrl: v.string(),
  responseJson: said('The body parsed; null where it is no JSON.', v.unknown()),
  inputHeaders: said('As sent, secrets masked.', texts),
  responseCode: v.nullable(count),
})

export const pollSchema = v.object({
  id: v.string(),
  name: v.nullable(v.string()),
  status: v.picklist(POLL_STATUSES),
  outcome: said('How it ended; null until then.', v.nullable(outcomeSchema)),
  message: said('A sentence about the end; null until then.', v.nullable(v.string())),
  task: shownTaskSchema,
  iterationCount: said('Attempts made.', count),
  nextAttemptAt: said('Null where none is to come.', v.nullable(instantSchema)),
  waitReason: said('Why the next attempt comes then.', v.nullable(waitReasonSchema)),
  last: said(
    'What the last attempt was; null before the first.',
    v.nullable(v.object({ verdict: verdictSchema, reason: v.string(), values })),
  ),
  observed: said('How often each thing was observed: `200 pending` -> 12.', v.record(v.string(), count)),
  progress: said('The last number of `progress`.', v.nullable(v.number())),
  deadlineAt: v.nullable(instantSchema),
  startedAt: instantSchema,
  endedAt: v.nullable(instantSchema),
  output: said('The eleven outputs, once it has ended.', v.nullable(outputsSchema)),
})

/** The answer to a submission. */
export const submittedPollSchema = v.object({
  ...pollSchema.entries,
  wakeToken: said(
    'By it alone `POST /polls/{id}/wake` may be asked. It is told here and nowhere else.',
    v.string(),
  ),
})

export const attemptSchema = v.object({
  iteration: count,
  startedAt: said('Epoch milliseconds.', v.number()),
  durationMs: v.number(),
  code: said('Null where there was no answer.', v.nullable(count)),
  verdict: verdictSchema,
  reason: v.string(),
  values,
  progress: v.nullable(v.number()),
  next: said(
    'The pause that followed, until epoch milliseconds; null where it ended.',
    v.nullable(v.object({ dueAt: v.number(), reason: waitReasonSchema })),
  ),
  bodyChanged: v.boolean(),
  notes: v.array(v.string()),
})

export const keptAttemptSchema = v.object({
  ...attemptSchema.entries,
  folded: said('How many attempts just before it were alike, and are not kept one by one.', count),
})

export const attemptViewSchema = v.object({
  attempt: attemptSchema,
  folded: said('How many attempts just before it were alike, and are not kept one by one.', count),
  response: said(
    'Null where nothing whole came back, or none is kept.',
    v.nullable(
      v.object({
        code: count,
        headers: texts,
        body: v.string(),
        bodyLength: said('Of the whole body, in characters.', count),
      }),
    ),
  ),
  isKept: said('False where the answer of this attempt is kept no more.', v.boolean()),
})

export const trialSchema = v.object({
  attempt: attemptSchema,
  response: said(
    'Null where there was no whole one.',
    v.nullable(v.object({ code: count, headers: texts, body: v.string() })),
  ),
  outcome: said('How the poll would have ended by it; null where it would go on.', v.nullable(outcomeSchema)),
  message: v.nullable(v.string()),
})

export const pollPageSchema = v.object({ polls: v.array(pollSchema), next: nextSchema })
export const attemptPageSchema = v.object({ attempts: v.array(keptAttemptSchema), next: nextSchema })
