import * as v from 'valibot'
import type { Operation } from '../operations.ts'
import {
  executionCommand,
  getExecution,
  getExecutionAttempt,
  listExecutionAttempts,
  listExecutions,
  startExecution,
} from '../routes/executions.ts'
import { listEvents } from '../routes/list-events.ts'
import { executionEvents } from '../routes/run-events.ts'
import { listRuns } from '../routes/runs.ts'
import { PAGE_PARAMETERS, said } from '../schemas/common.ts'
import {
  EXECUTION_STATUSES,
  executionAttemptPageSchema,
  executionAttemptSchema,
  executionPageSchema,
  executionSchema,
  newExecutionSchema,
  RUN_KINDS,
  runPageSchema,
  startedSchema,
} from '../schemas/execution.ts'

const EXECUTION = '/api/v1/executions/:id'
const theExecution = { says: 'The execution.', schema: executionSchema }
const status = said('In any case.', v.picklist(EXECUTION_STATUSES))
const task = said(
  '`Stage.Task`: of this one alone. In nested executions after the tasks that lead there, ` > ` between.',
  v.string(),
)
const pipeline = said('The name of a pipeline.', v.string())

export const EXECUTION_OPERATIONS: readonly Operation[] = [
  {
    method: 'get',
    path: '/api/v1/runs',
    role: 'viewer',
    handle: listRuns,
    summary: 'Polls and executions together, newest first',
    description:
      'A search that finds little may give a short page, or an empty one, with a `next`: it goes on from there.',
    query: {
      kind: said('One kind alone.', v.picklist(RUN_KINDS)),
      status,
      name: said('Exactly this name.', v.string()),
      pipeline,
      text: said('Stands in name, id or origin, in any case.', v.string()),
      ...PAGE_PARAMETERS,
    },
    answers: { 200: { says: 'A page of them.', schema: runPageSchema } },
    problems: [400, 501],
  },
  {
    method: 'get',
    path: '/api/v1/runs/events',
    role: 'viewer',
    handle: listEvents,
    summary: 'Runs as they change, as server-sent events',
    description:
      'Each event has `{number, kind, at, data}` as `data`. `changed` brings a run as it stands in the list, a few times a second at most; `reset`, with which a stream begins, says to read the list again: these events are not kept, and a reader that is far behind is not told each of them.',
    answers: { 200: { says: 'The stream.', type: 'text/event-stream' } },
    problems: [501],
  },
  {
    method: 'post',
    path: '/api/v1/pipelines/:name/executions',
    role: 'runner',
    handle: startExecution,
    summary: 'Starts a pipeline that is kept here',
    description:
      'Answered once the execution is on the disk. It stands on the definitions and variables of this moment until it ends. With an `Idempotency-Key`, the same body gives the first answer again, and another body is refused.',
    headers: { 'idempotency-key': said("The caller's own name for this start.", v.string()) },
    body: { says: 'What it is given.', schema: newExecutionSchema },
    answers: {
      202: {
        says: 'It has begun, or is QUEUED.',
        schema: startedSchema,
        headers: { location: said('Where the execution is.', v.string()) },
      },
    },
    problems: [400, 404, 409, 413, 415, 422, 429, 501, 507],
  },
  {
    method: 'get',
    path: '/api/v1/executions',
    role: 'viewer',
    handle: listExecutions,
    summary: 'Executions, newest first',
    query: { pipeline, status, ...PAGE_PARAMETERS },
    answers: { 200: { says: 'A page of them.', schema: executionPageSchema } },
    problems: [400, 501],
  },
  {
    method: 'get',
    path: EXECUTION,
    role: 'viewer',
    handle: getExecution,
    summary: 'One execution, at once or as soon as it has ended',
    query: { wait: said('So long at most, as in `30s` (`ms`, `s`, `m`; a minute at most).', v.string()) },
    answers: { 200: theExecution },
    problems: [400, 404, 501],
  },
  {
    method: 'get',
    path: `${EXECUTION}/attempts`,
    role: 'viewer',
    handle: listExecutionAttempts,
    summary: 'The attempts of its Poll tasks, in order',
    query: { task, ...PAGE_PARAMETERS },
    answers: { 200: { says: 'A page of them.', schema: executionAttemptPageSchema } },
    problems: [400, 404, 501],
  },
  {
    method: 'get',
    path: `${EXECUTION}/attempts/:iteration`,
    role: 'viewer',
    handle: getExecutionAttempt,
    summary: 'One attempt of a Poll task with its answer, secrets masked',
    description:
      'As an attempt of a poll. Without `task` it is one of the task that made the first. In Restate only the last answer of a task is kept.',
    query: { task },
    answers: { 200: { says: 'The attempt.', schema: executionAttemptSchema } },
    problems: [404, 501],
  },
  {
    method: 'get',
    path: `${EXECUTION}/events`,
    role: 'viewer',
    handle: executionEvents,
    summary: 'What happened and happens to an execution, as server-sent events',
    description:
      'As the events of a poll. Kinds: `started`, `attempt` (`{path, entry}`), `task` (`{path, status, message}`), `run` (`{status, statusMessage}`), `ended`, with which the stream ends.',
    headers: { 'last-event-id': said('Goes on behind the event of that number.', v.string()) },
    query: { after: said('The same as `Last-Event-ID`.', v.string()) },
    answers: {
      200: { says: 'The stream.', type: 'text/event-stream' },
      204: { says: 'Nothing more will come.' },
    },
    problems: [400, 404, 501],
  },
  { ...commandOf('cancel'), summary: 'Ends an execution as cancelled; what is in flight is broken off' },
  { ...commandOf('pause'), summary: 'Lets nothing new begin until it is resumed' },
  { ...commandOf('resume'), summary: 'Lets a paused execution go on' },
]

function commandOf(name: 'cancel' | 'pause' | 'resume') {
  return {
    method: 'post',
    path: `${EXECUTION}/${name}`,
    role: 'runner',
    handle: executionCommand(name),
    answers: { 200: theExecution },
    problems: [404, 409, 501],
  } as const
}
