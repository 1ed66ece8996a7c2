import { compileCondition, compileNumber } from '../../../src/condition/compile.ts'
import { ConditionError } from '../../../src/condition/condition-error.ts'
import { type Lint, type LintInput, lintCriteria } from '../../../src/condition/lint.ts'
import { type FieldProblem, InvalidTaskError } from '../../../src/core/errors.ts'
import { parseJson } from '../../../src/core/json.ts'
import { type PollTaskInput, parsePollTask, urlProblems } from '../../../src/core/task.ts'
import { fillInPoll } from '../../../src/pipeline/fill-in-poll.ts'
import type { Trial } from '../api/polls.ts'
import type { Variable } from '../api/variables.ts'
import { explainCondition } from '../conditions.ts'

/** What is wrong, by the dotted path of its field. */
export type Problems = Readonly<Record<string, string>>

/** Looks at a task with the server's own eyes; `variables` are null until they are known. */
export function checkTask(typed: PollTaskInput, variables: readonly Variable[] | null): Problems {
  const { task, problems } = filledIn(typed, variables)
  const { success, failure, pending } = task.exitCriteria ?? {}
  return {
    ...conditionProblem('exitCriteria.success', success, compileCondition),
    ...conditionProblem('exitCriteria.failure', failure, compileCondition),
    ...conditionProblem('exitCriteria.pending', pending, compileCondition),
    ...conditionProblem('progress', task.progress, compileNumber),
    ...byPath(urlProblems(task.url)),
    ...taskProblems(task),
    ...problems,
  }
}

/** A hidden value is not known here: something of its kind stands for it. */
function filledIn(
  task: PollTaskInput,
  variables: readonly Variable[] | null,
): { task: PollTaskInput; problems: Problems } {
  const hidden = task.url.trim().startsWith('${') ? 'http://hidden' : 'hidden'
  if (variables === null)
    return { task: task.url.includes('${') ? { ...task, url: 'http://hidden' } : task, problems: {} }
  const values = Object.fromEntries(variables.map(({ name, value }) => [name, value ?? hidden]))
  try {
    const { task: filled } = fillInPoll({ ...task }, values)
    return { task: filled as unknown as PollTaskInput, problems: {} }
  } catch (error) {
    if (!(error instanceof InvalidTaskError)) throw error
    return { task, problems: byPath(error.problems) }
  }
}

function taskProblems(task: PollTaskInput): Problems {
  try {
    parsePollTask(task)
    return {}
  } catch (error) {
    if (!(error instanceof InvalidTaskError)) throw error
    return byPath(error.problems)
  }
}

function byPath(problems: readonly FieldProblem[]): Problems {
  return Object.fromEntries(
    problems.map(({ path, message, hint }) => [path, hint === null ? message : `${message}; ${hint}`]),
  )
}

function conditionProblem(
  path: string,
  source: string | null | undefined,
  compile: (source: string) => unknown,
): Problems {
  if (!source?.trim()) return {}
  try {
    compile(source)
    return {}
  } catch (error) {
    if (error instanceof ConditionError) return { [path]: error.message }
    throw error
  }
}

/** What of the exit criteria most likely is not meant, by the condition's name. */
export function hintsOf(
  { success, failure }: { readonly success: string; readonly failure: string },
  trial: Trial | null,
): Readonly<Record<'success' | 'failure', readonly string[]>> {
  const sample = trial?.response && parseJson(trial.response.body)
  const given = { success: success.trim() || null, failure: failure.trim() || null }
  // Nothing is suspicious about a form that is still empty.
  const lints =
    given.success === null
      ? []
      : lintsOf(sample === undefined || sample === null ? given : { ...given, sample })
  const of = (where: 'success' | 'failure') =>
    lints.filter((lint) => lint.where === where).map(({ message, hint }) => `${message}; ${hint}`)
  return { success: of('success'), failure: of('failure') }
}

function lintsOf(input: LintInput): Lint[] {
  try {
    return lintCriteria(input)
  } catch {
    return []
  }
}

export interface Judged {
  readonly kind: 'holds' | 'does-not-hold' | 'error'
  readonly sentence: string
}

/** What a condition gives over an answer; null where it does not compile. */
export function judgeCondition(source: string, { response, attempt }: Trial): Judged | null {
  if (response === null) return null
  const moment = { iteration: 1, elapsedSeconds: attempt.durationMs / 1000 }
  const explained = explainCondition(source, { ...response, ...moment })
  return explained && { kind: explained.result.kind, sentence: explained.sentence }
}
