import * as v from 'valibot'
import { type FieldProblem, InvalidTaskError } from './errors.ts'
import { condition, headers, integer, MAX_SECONDS, numeric, seconds, TOKEN } from './fields.ts'
import { parseUrl } from './parse-url.ts'

/** The success condition of a task that names none. */
export const DEFAULT_SUCCESS = 'responseCode >= 200 && responseCode < 300'

/** The grown pause between attempts: doubles with `factor: 2`, up to `maxSeconds`, spread by `jitter` (0-1). */
const backoff = v.strictObject({
  factor: v.optional(v.pipe(numeric, v.minValue(1, 'must be at least 1')), 2),
  maxSeconds: v.optional(seconds, 300),
  jitter: v.optional(v.pipe(numeric, v.minValue(0), v.maxValue(1, 'must be between 0 and 1')), 0),
})

/** The keys of a POLL task's `input`; see docs/poll-task.md for what each means. */
export const pollTaskSchema = v.strictObject({
  url: v.pipe(v.string('expected an http or https URL'), v.nonEmpty('expected an http or https URL')),
  method: v.optional(
    v.pipe(
      v.string(),
      v.regex(TOKEN, 'expected an HTTP method'),
      v.transform((m) => m.toUpperCase()),
    ),
    'GET',
  ),
  headers: v.optional(headers, {}),
  payload: v.optional(v.nullable(v.string()), null),
  pollCount: v.optional(integer(1), 60),
  pollIntervalSeconds: v.optional(seconds, 5),
  ignoreFailure: v.optional(
    v.union([v.boolean(), v.literal('transient')], "expected true, false or 'transient'"),
    false,
  ),
  exitCriteria: v.optional(
    v.strictObject({
      success: v.optional(condition, null),
      failure: v.optional(condition, null),
      pending: v.optional(condition, null),
    }),
    {},
  ),
  timeoutSeconds: v.optional(v.nullable(seconds), null),
  requestTimeoutSeconds: v.optional(seconds, 30),
  initialDelaySeconds: v.optional(v.pipe(numeric, v.minValue(0), v.maxValue(MAX_SECONDS)), 0),
  backoff: v.optional(v.nullable(backoff), null),
  successThreshold: v.optional(integer(1), 1),
  progress: v.optional(condition, null),
  stallSeconds: v.optional(v.nullable(seconds), null),
  maxBodyBytes: v.optional(integer(1), 5 * 1024 * 1024),
})

/** A poll as a caller writes it: only `url` is required. Times are in seconds. */
export type PollTaskInput = v.InferInput<typeof pollTaskSchema>
/** A poll with every default filled in. Plain JSON. */
export type PollTask = v.InferOutput<typeof pollTaskSchema>

/**
 * Checks a task and fills in its defaults.
 * @throws InvalidTaskError with every problem, each under its dotted field path.
 */
export function parsePollTask(input: unknown): PollTask {
  const result = v.safeParse(pollTaskSchema, input)
  if (!result.success)
    throw new InvalidTaskError(result.issues.map((issue) => fieldProblem(issue, 'a poll task')))
  const problems = [...urlProblems(result.output.url), ...crossFieldProblems(result.output)]
  if (problems.length > 0) throw new InvalidTaskError(problems)
  return result.output
}

/** What is wrong with a URL to poll, as problems of the field `url`. */
export function urlProblems(url: string): FieldProblem[] {
  const parsed = parseUrl(url)
  if (parsed && (parsed.protocol === 'http:' || parsed.protocol === 'https:')) return []
  const hint = parsed ? 'only http and https are polled' : 'write it in full, as in https://host/path'
  return [{ path: 'url', message: 'expected an http or https URL', hint }]
}

/** What of a task's fields does not go together. */
export function crossFieldProblems(task: Omit<PollTask, 'exitCriteria'>): FieldProblem[] {
  const problems: FieldProblem[] = []
  if (task.timeoutSeconds !== null && task.initialDelaySeconds >= task.timeoutSeconds) {
    problems.push({
      path: 'initialDelaySeconds',
      message: `the first attempt would come after timeoutSeconds (${task.timeoutSeconds})`,
      hint: 'raise timeoutSeconds or lower initialDelaySeconds',
    })
  }
  if (task.stallSeconds !== null && task.progress === null) {
    problems.push({
      path: 'stallSeconds',
      message: 'needs progress',
      hint: 'name the number to watch in progress',
    })
  }
  if (task.successThreshold > task.pollCount) {
    problems.push({
      path: 'successThreshold',
      message: `can never be reached in pollCount (${task.pollCount}) attempts`,
      hint: 'raise pollCount',
    })
  }
  return problems
}

/** What is wrong with a field, as a schema found it; `what` names the object that it is of. */
export function fieldProblem(issue: v.BaseIssue<unknown>, what: string): FieldProblem {
  const path = v.getDotPath(issue) ?? 'task'
  const isUnknownKey = issue.type === 'strict_object' && issue.expected === 'never'
  const isMissing = issue.type === 'strict_object' && issue.received === 'undefined'
  return {
    path,
    message: isUnknownKey ? `is no key of ${what}` : isMissing ? 'is required' : issue.message,
    hint: null,
  }
}
