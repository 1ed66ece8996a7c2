import * as v from 'valibot'
import type { Operation } from '../operations.ts'
import { submitBatch } from '../routes/poll-batch.ts'
import { changePoll } from '../routes/poll-changes.ts'
import {
  command,
  getAttempt,
  getPoll,
  listAttempts,
  listPolls,
  submitPoll,
  tryPoll,
} from '../routes/polls.ts'
import { pollEvents } from '../routes/run-events.ts'
import { wakePoll } from '../routes/wake.ts'
import { PAGE_PARAMETERS, said } from '../schemas/common.ts'
import {
  attemptPageSchema,
  attemptViewSchema,
  POLL_STATUSES,
  pollPageSchema,
  pollSchema,
  submittedPollSchema,
  trialSchema,
} from '../schemas/poll.ts'
import { newPollSchema, pollChangesSchema } from '../schemas/poll-task.ts'

const POLL = '/api/v1/polls/:id'
const thePoll = { says: 'The poll.', schema: pollSchema }

export const POLL_OPERATIONS: readonly Operation[] = [
  {
    method: 'get',
    path: '/api/v1/polls',
    role: 'viewer',
    handle: listPolls,
    summary: 'Polls, newest first',
    query: { status: said('In any case.', v.picklist(POLL_STATUSES)), ...PAGE_PARAMETERS },
    answers: { 200: { says: 'A page of them.', schema: pollPageSchema } },
    problems: [400],
  },
  {
    method: 'post',
    path: '/api/v1/polls',
    role: 'runner',
    handle: submitPoll,
    summary: 'Takes a poll, and carries it on until it has ended',
    description:
      'Answered once the poll is on the disk. Only `url` is needed. URL, headers and payload may hold variables of the server as `${var.NAME}`: they are filled in now, and stand until the poll ends; a SECRET one is for an editor, a RESTRICTED one for an admin. With an `Idempotency-Key`, the same body gives the first answer again, and another body is refused.',
    headers: { 'idempotency-key': said("The caller's own name for this submission.", v.string()) },
    body: { says: 'The Poll task, with a name beside its fields.', schema: newPollSchema },
    answers: {
      201: {
        says: 'The poll.',
        schema: submittedPollSchema,
        headers: { location: said('Where the poll is.', v.string()) },
      },
      200: { says: 'The first answer to this `Idempotency-Key`.', schema: submittedPollSchema },
    },
    problems: [400, 413, 415, 422, 429, 507],
  },
  {
    method: 'post',
    path: '/api/v1/polls/batch',
    role: 'runner',
    handle: submitBatch,
    summary: 'Takes up to 10,000 polls at once, one a line',
    description:
      'Answered line by line, in order, each once its poll is on the disk: `{index, id}`, or `{index, problem}` where that one was not taken, which holds up no other. `index` is the number of the line, from 0. With an `Idempotency-Key` a batch that was cut off can be sent again: what was taken is not taken twice.',
    headers: { 'idempotency-key': said("The caller's own name for this batch.", v.string()) },
    body: { says: 'A Poll task a line, each with a name beside its fields.', type: 'application/x-ndjson' },
    answers: { 200: { says: 'An answer a line.', type: 'application/x-ndjson' } },
    problems: [400, 413, 415],
  },
  {
    method: 'post',
    path: '/api/v1/polls/try',
    role: 'runner',
    handle: tryPoll,
    changesNothing: true,
    summary: 'Makes one attempt and judges it; nothing is kept',
    body: { says: 'The Poll task.', schema: newPollSchema },
    answers: { 200: { says: 'What came of it.', schema: trialSchema } },
    problems: [400, 413, 415, 422, 429],
  },
  {
    method: 'get',
    path: POLL,
    role: 'viewer',
    handle: getPoll,
    summary: 'One poll, at once or as soon as it has ended',
    query: {
      wait: said('So long at most, as in `30s` (`ms`, `s`, `m`; a minute at most).', v.string()),
    },
    answers: { 200: thePoll },
    problems: [400, 404],
  },
  {
    method: 'get',
    path: `${POLL}/attempts`,
    role: 'viewer',
    handle: listAttempts,
    summary: 'The ledger of a poll: its attempts, in order',
    query: PAGE_PARAMETERS,
    answers: { 200: { says: 'A page of them.', schema: attemptPageSchema } },
    problems: [400, 404],
  },
  {
    method: 'get',
    path: `${POLL}/attempts/:iteration`,
    role: 'viewer',
    handle: getAttempt,
    summary: 'One attempt with its answer, secrets masked',
    description:
      'Of attempts alike only the last is kept: it is what is answered for each of them. Of a body of more than 32 KiB the beginning is kept; the last answer is there in full.',
    answers: { 200: { says: 'The attempt.', schema: attemptViewSchema } },
    problems: [404],
  },
  {
    method: 'get',
    path: `${POLL}/events`,
    role: 'viewer',
    handle: pollEvents,
    summary: 'What happened and happens to a poll, as server-sent events',
    description:
      'Each event has the number as `id`, the kind as `event` and `{number, kind, at, folded, data}` as `data`. Numbers begin at 1; `folded` says how many are missing since the event before: attempts alike, of which only the last is kept. Kinds: `submitted`, `attempt` (`data` is an attempt), `paused`, `resumed`, `asked-now`, `moved-away` (it is held here), `moved-here`, `ended` (`{outcome, message}`), with which the stream ends.',
    headers: { 'last-event-id': said('Goes on behind the event of that number.', v.string()) },
    query: { after: said('The same as `Last-Event-ID`.', v.string()) },
    answers: {
      200: { says: 'The stream.', type: 'text/event-stream' },
      204: { says: 'Nothing more will come.' },
    },
    problems: [400, 404],
  },
  {
    method: 'patch',
    path: POLL,
    role: 'runner',
    handle: changePoll,
    summary: 'Changes a poll that waits',
    description:
      'What is left out stays as it is, of the exit criteria too. Another interval counts from now, a time-out from the start of the poll. An attempt in flight is waited for.',
    body: { says: 'What is to change.', schema: pollChangesSchema },
    answers: { 200: thePoll },
    problems: [400, 404, 409, 413, 415, 422],
  },
  {
    method: 'post',
    path: `${POLL}/wake`,
    role: 'anybody',
    handle: wakePoll,
    actor: 'its wake token',
    summary: 'Lets a poll ask now, for a callback of the job',
    description:
      'By the `wakeToken` of the submission, as `Authorization: Bearer` or as `token`. What the poll is answered then decides, not the call. Once a second at most.',
    query: { token: said("The poll's own token, where a header cannot be set.", v.string()) },
    answers: {
      200: {
        says: 'It asks, or has ended.',
        schema: v.object({ id: v.string(), status: v.picklist(POLL_STATUSES) }),
      },
    },
    problems: [401, 404, 409, 429],
  },
  {
    ...commandOf('cancel'),
    summary: 'Ends a poll as cancelled; an attempt in flight is broken off',
  },
  { ...commandOf('pause'), summary: 'Lets a poll ask nothing until it is resumed; its deadline goes on' },
  { ...commandOf('resume'), summary: 'Lets a paused poll ask again' },
  { ...commandOf('now'), summary: 'Lets a poll ask at once' },
]

function commandOf(name: 'cancel' | 'pause' | 'resume' | 'now') {
  return {
    method: 'post',
    path: `${POLL}/${name}`,
    role: 'runner',
    handle: command(name),
    answers: { 200: thePoll },
    problems: [404, 409],
  } as const
}
