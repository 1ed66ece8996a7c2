import { type FieldProblem, InvalidTaskError } from '../core/errors.ts'
import { pollTaskSchema } from '../core/task.ts'
import type { Finding } from '../pipeline/source-file.ts'
import { POLL_OPTIONS } from './options/local.ts'
import type { TaskSource } from './task-file.ts'
import { LocatedProblems } from './usage-error.ts'

/** Where the fields of a task came from. */
export interface Origins {
  /** How the command line wrote a field: `pollCount` -> `--count`. */
  readonly flags: ReadonlyMap<string, string>
  readonly file: TaskSource | null
}

/** The same error, but naming the flag, or the file's line, that each problem stands in. */
export async function located(error: unknown, origins: Origins): Promise<unknown> {
  if (!(error instanceof InvalidTaskError)) return error
  return new LocatedProblems(await Promise.all(error.problems.map((problem) => locate(problem, origins))))
}

async function locate(problem: FieldProblem, { flags, file }: Origins): Promise<string> {
  const flag = flags.get(problem.path) ?? flags.get(problem.path.replace(/\..*/, ''))
  if (flag === undefined && file !== null && isIn(file.input, problem.path.split('.')[0] as string)) {
    return file.describe(await findingOf(problem, file))
  }
  const spoken = isCondition(problem.path) ? problem : inFlags(problem)
  return `bide: ${flag ?? problem.path}: ${spoken.message}${spoken.hint === null ? '' : `\n  ${spoken.hint}`}`
}

type Place = Pick<Finding, 'path' | 'message' | 'hint' | 'spot'>

async function findingOf(problem: FieldProblem, { input }: TaskSource): Promise<Place> {
  const path = problem.path.split('.')
  const [outer = '', inner] = path
  const value = inner === undefined ? input[outer] : (input[outer] as Record<string, unknown> | null)?.[inner]
  const inCondition =
    isCondition(problem.path) && typeof value === 'string' ? await compiled(problem.path, value) : null
  const { message, hint, spot } = inCondition ?? { ...problem, spot: { kind: 'value' } as const }
  if (isIn(pollTaskSchema.entries, outer)) return { path, message: `${problem.path}: ${message}`, hint, spot }
  const { didYouMean } = await import('../core/did-you-mean.ts')
  const near = didYouMean(outer, Object.keys(pollTaskSchema.entries))
  return { path, message: `${problem.path}: ${message}`, hint: near, spot: { kind: 'key' } }
}

/** A condition is compiled once more, for the offset of what is wrong in it. */
async function compiled(path: string, source: string): Promise<Omit<Place, 'path'> | null> {
  const [{ compileCondition, compileNumber }, { ConditionError }] = await Promise.all([
    import('../condition/compile.ts'),
    import('../condition/condition-error.ts'),
  ])
  try {
    path === 'progress' ? compileNumber(source) : compileCondition(source)
    return null
  } catch (error) {
    if (!(error instanceof ConditionError)) throw error
    return { message: error.problem, hint: error.hint, spot: { kind: 'offset', offset: error.offset } }
  }
}

function isCondition(path: string): boolean {
  return path.startsWith('exitCriteria.') || path === 'progress'
}

function isIn(object: object, key: string): boolean {
  return Object.hasOwn(object, key)
}

const FLAG_OF_KEY = new Map(POLL_OPTIONS.flatMap(({ key, flag }) => (key ? [[key, `--${flag}`]] : [])))

/** Speaks of flags, as the command line was written in them. */
function inFlags({ path, message, hint }: FieldProblem): FieldProblem {
  const spoken = (text: string) =>
    text.replace(/\b(?:[a-z]+(?:[A-Z][a-z]+)+|progress)\b/g, (word) => FLAG_OF_KEY.get(word) ?? word)
  return { path, message: spoken(message), hint: hint && spoken(hint) }
}
