import type {
  conditionInputSchema,
  notificationsSchema,
  pipelineInputSchema,
  pipelineSchema,
  pollInputSchema,
  restInputSchema,
  rollbackSchema,
  stageSchema,
  taskSchema,
  webhookSchema,
} from './schema.ts'

/** What a key means; `ours` where Code Stream has no such key. */
export type Meaning = string | { readonly ours: string }

type Meanings<S extends { entries: object }> = Readonly<Record<keyof S['entries'] & string, Meaning>>

const KEPT = 'Kept, and not used here.'

const pipeline: Meanings<typeof pipelineSchema> = {
  kind: 'What the document is.',
  name: 'The name by which `--pipeline`, PIPELINE tasks and rollbacks call it.',
  description: 'For people; `${description}` in a binding.',
  enabled: 'A pipeline that is not enabled is not run.',
  concurrency: 'How many runs of it may be under way at once, 1 to 50; more are QUEUED.',
  input: 'Inputs by name, each with its default; `${input.name}` in a binding.',
  _inputMeta: 'What is said about inputs, by name.',
  output: 'Outputs by name; each is a text with bindings, read once the run has ended.',
  stageOrder: 'The names of the stages, in the order in which they run.',
  stages: 'The stages by name. Their order here means nothing.',
  notifications: 'Who is told about a run.',
  rollbacks: 'Which pipeline is run when a stage or a task has failed.',
  options: 'With `GIT_TRIGGER`, inputs named `GIT_...` need not be listed.',
  $schema: { ours: 'The JSON Schema by which an editor checks the file, where it is JSON.' },
  project: KEPT,
  icon: KEPT,
  workspace: KEPT,
  ciWorkspace: KEPT,
  tags: KEPT,
  starred: KEPT,
  global: KEPT,
  state: KEPT,
  version: KEPT,
  createdBy: KEPT,
  createdAt: KEPT,
  updatedBy: KEPT,
  updatedAt: KEPT,
}

const inputMeta: Meanings<typeof pipelineSchema.entries._inputMeta.wrapped.value> = {
  description: 'For people.',
  mandatory: 'A mandatory input has to be given, unless it has a default that is not empty.',
}

const stage: Meanings<typeof stageSchema> = {
  taskOrder: 'The steps, one after another. A comma inside an entry means side by side: `- Web,Worker`.',
  tasks: 'The tasks by name. Their order here means nothing.',
  tags: KEPT,
}

const task: Meanings<typeof taskSchema> = {
  type: 'POLL, REST, Condition or Pipeline, in any case.',
  preCondition: 'A condition over the run. Where it does not hold, this task alone is SKIPPED.',
  ignoreFailure:
    'Continue on failure: a failure of this task is FAILED_CONTINUE, and does not halt the pipeline. Not the one inside `input`.',
  input: 'What the task does, by its type.',
  notifications: 'Who is told about this task.',
  endpoints: KEPT,
  tags: KEPT,
  state: KEPT,
}

const pollInput: Meanings<typeof pollInputSchema> = {
  url: 'What is asked, http or https; may hold bindings.',
  headers: 'Sent with every attempt; may hold bindings.',
  pollCount: 'Attempts at most. 0 is the default, as in exported files.',
  pollIntervalSeconds: 'From the end of an attempt to the start of the next.',
  ignoreFailure:
    'Ignore intermediate failure: an answer that says nothing about the job counts as pending. `transient` (not in Code Stream) forgives only what can heal by itself.',
  exitCriteria: 'The conditions that decide, asked of every answer; failure first.',
  method: { ours: 'The HTTP method.' },
  payload: { ours: 'The body, sent anew with every attempt; may hold bindings.' },
  timeoutSeconds: { ours: 'For the whole task, from its start.' },
  requestTimeoutSeconds: { ours: 'For one attempt, from connecting to the last byte.' },
  initialDelaySeconds: { ours: 'Before the first attempt.' },
  backoff: { ours: 'How the interval grows while the job is pending.' },
  successThreshold: { ours: 'Attempts in a row that must succeed.' },
  progress: { ours: 'A number expression over the answer, watched by `stallSeconds`.' },
  stallSeconds: { ours: 'The task fails when `progress` has stood still for so long.' },
  maxBodyBytes: { ours: 'A longer answer, once decoded, is an intermediate failure.' },
}

const exitCriteria: Meanings<typeof pollInputSchema.entries.exitCriteria.wrapped> = {
  success: 'The job has succeeded where it holds. Left out or empty: any code from 200 to 299.',
  failure: 'The job has failed where it holds; asked before `success`.',
  pending: {
    ours: 'The job is still at it where it holds. Once given, an answer that meets none of the three is an unknown state.',
  },
}

const backoff: Meanings<typeof pollInputSchema.entries.backoff.wrapped.wrapped> = {
  factor: 'The interval is multiplied by it after each attempt.',
  maxSeconds: 'No interval is longer.',
  jitter: 'Spreads the interval at random, 0 to 1.',
}

const restInput: Meanings<typeof restInputSchema> = {
  action: 'One of get, post, put, patch or delete, in any case.',
  url: 'Where the request goes, http or https; may hold bindings.',
  headers: 'Sent with it; may hold bindings.',
  payload: 'The body as text; may hold bindings. A GET has none.',
  retry: {
    ours: 'Sends again after 429 or a failure that can heal by itself. Without it a request is sent once.',
  },
  idempotencyKey: { ours: 'Sends an `Idempotency-Key` that stays the same for this task of this run.' },
  requestTimeoutSeconds: { ours: 'From connecting to the last byte.' },
  maxBodyBytes: { ours: 'A longer answer, once decoded, fails the task.' },
}

const retry: Meanings<typeof restInputSchema.entries.retry.wrapped.wrapped> = {
  count: 'Tries after the first one, at most.',
  intervalSeconds: 'Between two tries; a longer `Retry-After` is obeyed.',
}

const conditionInput: Meanings<typeof conditionInputSchema> = {
  condition: 'A condition over the run. Where it does not hold, the task fails.',
}

const pipelineInput: Meanings<typeof pipelineInputSchema> = {
  pipeline: 'The name of the pipeline that is run and waited for.',
  inputProperties: 'Its inputs by name; may hold bindings.',
}

const rollback: Meanings<typeof rollbackSchema> = {
  stage: 'The stage whose failure it answers.',
  task: 'The one task of the stage whose failure it answers; without it any of them.',
  name: 'The name of the pipeline that is run.',
  inputs: 'Its inputs by name; may hold bindings.',
}

const notifications: Meanings<typeof notificationsSchema> = {
  webhook: 'Requests that are sent at events; may hold bindings. A failure of one never fails the run.',
  email: KEPT,
  jira: KEPT,
}

const webhook: Meanings<typeof webhookSchema> = {
  event:
    'SUCCESS, FAILURE, WAITING, STARTED or CANCELED, in any case; `COMPLETED`, `FAILED`, ... are taken as well.',
  action: 'One of get, post, put, patch or delete, in any case.',
  url: 'Where it goes, http or https; may hold bindings.',
  headers: 'Sent with it; may hold bindings.',
  payload: 'The body as text; may hold bindings.',
  cloudProxyId: KEPT,
}

/** What each key of the format means, for editors and for docs/pipeline-format.md. */
export const KEY_MEANINGS = {
  pipeline,
  inputMeta,
  stage,
  task,
  pollInput,
  exitCriteria,
  backoff,
  restInput,
  retry,
  conditionInput,
  pipelineInput,
  rollback,
  notifications,
  webhook,
} as const
