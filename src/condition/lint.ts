import { didYouMean } from '../core/did-you-mean.ts'
import { compileProgram } from './program.ts'

/** A condition that compiles, and most likely does not mean what was meant. */
export interface Lint {
  readonly rule:
    | 'same-conditions'
    | 'complement'
    | 'no-failure-condition'
    | 'unknown-property'
    | 'all-over-empty'
  readonly where: 'success' | 'failure'
  readonly message: string
  readonly hint: string
}

/** Exit criteria as written; `sample` is a parsed response to hold the names against. */
export interface LintInput {
  readonly success: string | null
  readonly failure: string | null
  readonly sample?: unknown
}

/** What is suspicious about exit criteria. @throws ConditionError where one does not compile. */
export function lintCriteria({ success, failure, sample }: LintInput): Lint[] {
  return [
    ...lintPair(success, failure),
    ...(success === null ? [] : lintOne(success, 'success', sample)),
    ...(failure === null ? [] : lintOne(failure, 'failure', sample)),
  ]
}

function lintPair(success: string | null, failure: string | null): Lint[] {
  if (failure === null) {
    const message =
      'there is no failure condition: a job that failed is waited for until the count is used up'
    return [
      { rule: 'no-failure-condition', where: 'failure', message, hint: 'name the state of a failed job' },
    ]
  }
  if (success === null) return []
  if (normal(success) === normal(failure)) {
    const message = 'success and failure are the same: every job that succeeds is reported as failed'
    return [{ rule: 'same-conditions', where: 'failure', message, hint: 'failure is asked first' }]
  }
  if (!isComplement(normal(success), normal(failure))) return []
  const message =
    'failure holds whenever success does not: the first answer that is still pending fails the job'
  return [
    {
      rule: 'complement',
      where: 'failure',
      message,
      hint: 'name the state of a failed job, as in == "FAILED"',
    },
  ]
}

function lintOne(source: string, where: Lint['where'], sample: unknown): Lint[] {
  const lints: Lint[] = []
  if (/\.all\(/.test(source) && !/size\(/.test(source)) {
    const message = '`all` over an empty list holds'
    lints.push({ rule: 'all-over-empty', where, message, hint: 'add size(items) > 0' })
  }
  if (sample === null || typeof sample !== 'object' || Array.isArray(sample)) return lints
  const known = Object.keys(sample)
  for (const { slot, path } of compileProgram(source).reads) {
    const name = slot === null && path[0] === 'responseJson' ? path[1] : undefined
    if (typeof name !== 'string' || Object.hasOwn(sample, name)) continue
    const message = `${name} is not in the sample response`
    const hint = didYouMean(name, known) ?? `it has: ${known.slice(0, 10).join(', ')}`
    lints.push({ rule: 'unknown-property', where, message, hint })
  }
  return lints
}

function normal(source: string): string {
  return source.replace(/\s+/g, ' ').trim()
}

function isComplement(success: string, failure: string): boolean {
  return (
    failure === `!(${success})` ||
    success === `!(${failure})` ||
    (/^[^&|?]*$/.test(success) && swapEquality(success) === failure)
  )
}

function swapEquality(source: string): string | null {
  if (source.includes('==')) return source.replace('==', '!=')
  return source.includes('!=') ? source.replace('!=', '==') : null
}
