import * as v from 'valibot'
import { condition, headers, integer, numeric, seconds } from '../core/fields.ts'
import { pollTaskSchema } from '../core/task.ts'

/** Exports leave defaults out; these are what the original's form shows. */
export const DEFAULT_POLL_COUNT = 5
export const DEFAULT_INTERVAL_SECONDS = 60

const text = v.pipe(
  v.union([v.string(), v.number(), v.boolean()], 'expected a text'),
  v.transform((value) => String(value)),
)
const named = (expected: string) =>
  v.pipe(v.union([v.string(), v.number(), v.boolean()], expected), v.transform(String))
const flag = v.pipe(
  v.union([v.boolean(), v.picklist(['true', 'false'])], 'expected true or false'),
  v.transform((value) => value === true || value === 'true'),
)
const texts = v.record(v.string(), text)
const unread = v.optional(v.unknown())

/** The `input` of a POLL task; 0 stands for the default, as in the original's own data. */
export const pollInputSchema = v.looseObject({
  ...pollTaskSchema.entries,
  pollCount: v.optional(
    v.pipe(
      integer(0),
      v.transform((n) => n || DEFAULT_POLL_COUNT),
    ),
    DEFAULT_POLL_COUNT,
  ),
  pollIntervalSeconds: v.optional(
    v.pipe(
      numeric,
      v.minValue(0, 'must be above 0'),
      v.transform((n) => n || DEFAULT_INTERVAL_SECONDS),
    ),
    DEFAULT_INTERVAL_SECONDS,
  ),
  ignoreFailure: v.optional(
    v.union([v.literal('transient'), flag], "expected true, false or 'transient'"),
    false,
  ),
  payload: v.optional(v.nullable(text), null),
  exitCriteria: v.optional(
    v.looseObject({
      success: v.optional(condition, null),
      failure: v.optional(condition, null),
      pending: v.optional(condition, null),
    }),
    {},
  ),
})

const METHODS = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'] as const
const action = v.pipe(
  v.string('expected a method'),
  v.transform((name) => name.toUpperCase()),
  v.picklist(METHODS, 'expected get, post, put, patch or delete'),
)

/** The `input` of a REST task. */
export const restInputSchema = v.looseObject({
  action: v.optional(action, 'GET'),
  url: pollTaskSchema.entries.url,
  headers: v.optional(headers, {}),
  payload: v.optional(v.nullable(text), null),
  /** Ours: sends again after a failure that can heal by itself. */
  retry: v.optional(
    v.nullable(v.looseObject({ count: integer(1), intervalSeconds: v.optional(seconds, 5) })),
    null,
  ),
  /** Ours: an `Idempotency-Key` header that stays the same for that task of that run. */
  idempotencyKey: v.optional(flag, false),
  requestTimeoutSeconds: v.optional(seconds, 30),
  maxBodyBytes: v.optional(integer(1), 5 * 1024 * 1024),
})

/** The `input` of a Condition task. */
export const conditionInputSchema = v.looseObject({
  condition: v.pipe(v.union([v.string(), v.boolean()], 'expected a condition as text'), v.transform(String)),
})

/** The `input` of a Pipeline task. */
export const pipelineInputSchema = v.looseObject({
  pipeline: v.pipe(text, v.nonEmpty('expected the name of a pipeline')),
  inputProperties: v.optional(texts, {}),
})

const EVENTS = /^(?:success|complete[ds]?|fail(?:ure|ed|s)|wait(?:ing|s)|start(?:ed|s)?|cancell?(?:ed|s)?)$/i

/** A binding at its start may be the whole of it. */
const HTTP_OR_BOUND = /^\s*(?:https?:\/\/|\$\{)/i

export const webhookSchema = v.looseObject({
  event: v.pipe(v.string(), v.regex(EVENTS, 'expected SUCCESS, FAILURE, WAITING, STARTED or CANCELED')),
  action: v.optional(action, 'POST'),
  url: v.pipe(v.string(), v.regex(HTTP_OR_BOUND, 'expected an http or https URL')),
  headers: v.optional(headers, {}),
  payload: v.optional(v.nullable(text), null),
  cloudProxyId: unread,
})

export const notificationsSchema = v.looseObject({
  email: v.optional(v.array(v.unknown()), []),
  jira: v.optional(v.array(v.unknown()), []),
  webhook: v.optional(v.array(webhookSchema), []),
})

export const taskSchema = v.looseObject({
  type: v.pipe(v.string('expected the type of the task'), v.nonEmpty('expected the type of the task')),
  /** Only where it holds is the task run; else it is SKIPPED. */
  preCondition: v.optional(
    v.pipe(
      v.union([v.string(), v.boolean()], 'expected a condition as text'),
      v.transform((value) => (String(value).trim() === '' ? null : String(value))),
    ),
    '',
  ),
  /** Continue on failure: a failure of this task does not halt the pipeline. */
  ignoreFailure: v.optional(flag, false),
  endpoints: v.optional(v.unknown()),
  input: v.optional(v.record(v.string(), v.unknown()), {}),
  tags: v.optional(v.unknown()),
  notifications: v.optional(notificationsSchema, {}),
  state: v.optional(v.unknown()),
})

export const stageSchema = v.looseObject({
  /** One step an entry; a comma inside an entry means in parallel. */
  taskOrder: v.optional(v.array(named('expected the name of a task')), []),
  tasks: v.optional(v.record(v.string(), taskSchema), {}),
  tags: v.optional(v.unknown()),
})

export const rollbackSchema = v.looseObject({
  stage: v.string('expected the name of a stage'),
  task: v.optional(v.string()),
  /** The pipeline that is run when that stage or task fails. */
  name: v.string('expected the name of a pipeline'),
  inputs: v.optional(texts, {}),
})

/** A pipeline as files hold it: what we do not use is named too, so that a misspelt key can be told from it. */
export const pipelineSchema = v.looseObject({
  kind: v.optional(v.literal('PIPELINE', 'only kind: PIPELINE is run here'), 'PIPELINE'),
  name: v.pipe(text, v.nonEmpty('expected the name of the pipeline')),
  description: v.optional(text, ''),
  enabled: v.optional(flag, true),
  /** Runs of it at once; more are QUEUED. */
  concurrency: v.optional(v.pipe(integer(1), v.maxValue(50, 'must be at most 50')), 10),
  input: v.optional(texts, {}),
  _inputMeta: v.optional(
    v.record(
      v.string(),
      v.looseObject({ description: v.optional(text, ''), mandatory: v.optional(flag, false) }),
    ),
    {},
  ),
  output: v.optional(texts, {}),
  stageOrder: v.array(named('expected the name of a stage'), 'expected a list of the names of stages'),
  stages: v.record(v.string(), stageSchema, 'expected the stages by name'),
  notifications: v.optional(notificationsSchema, {}),
  rollbacks: v.optional(v.array(rollbackSchema), []),
  options: v.optional(v.array(v.string()), []),
  $schema: unread,
  project: unread,
  icon: unread,
  workspace: unread,
  ciWorkspace: unread,
  tags: unread,
  starred: unread,
  global: unread,
  state: unread,
  version: unread,
  createdBy: unread,
  createdAt: unread,
  updatedBy: unread,
  updatedAt: unread,
})

/** A pipeline's file, checked for types and with its defaults filled in. */
export type PipelineFile = v.InferOutput<typeof pipelineSchema>
export type TaskFile = v.InferOutput<typeof taskSchema>
export type RestInput = v.InferOutput<typeof restInputSchema>
export type PollInput = v.InferOutput<typeof pollInputSchema>
export type Webhook = v.InferOutput<typeof webhookSchema>

/** The `input` schema of each type that we run. */
export const INPUT_SCHEMAS = {
  POLL: pollInputSchema,
  REST: restInputSchema,
  CONDITION: conditionInputSchema,
  PIPELINE: pipelineInputSchema,
} as const

export type TaskType = keyof typeof INPUT_SCHEMAS
