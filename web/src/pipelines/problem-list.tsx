import type { LineProblem } from '../api/request.ts'
import { count } from '../words.ts'

interface Listed {
  readonly problems: readonly LineProblem[]
  /** Null where there is no editor to go to. */
  readonly onGo: ((problem: LineProblem) => void) | null
}

/** What is wrong with a text, by line: where, what, what to do. */
export function ProblemList({ problems, onGo }: Listed) {
  if (problems.length === 0) return null
  return (
    <ul className="problems">
      {problems.map((problem) => (
        <li key={`${problem.line}:${problem.column} ${problem.message}`} className={problem.severity}>
          <span aria-hidden="true" className="problem-mark">
            {problem.severity === 'error' ? '✕' : '!'}
          </span>
          <span>
            <span className="hidden">{problem.severity} at </span>
            {onGo === null ? (
              <span className="tabular">{placeOf(problem)}</span>
            ) : (
              <button type="button" className="plain tabular" onClick={() => onGo(problem)}>
                {placeOf(problem)}
              </button>
            )}{' '}
            {problem.message}
            {problem.hint !== null && <span className="quiet">; {problem.hint}</span>}
          </span>
        </li>
      ))}
    </ul>
  )
}

function placeOf({ line, column }: LineProblem): string {
  return `line ${line}, column ${column}`
}

/** `2 errors, 1 warning`, or that there is nothing wrong. */
export function problemWords(problems: readonly LineProblem[]): string {
  const errors = problems.filter(({ severity }) => severity === 'error').length
  const warnings = problems.length - errors
  if (problems.length === 0) return 'nothing is wrong with it'
  return [errors > 0 && count(errors, 'error'), warnings > 0 && count(warnings, 'warning')]
    .filter((part) => part !== false)
    .join(', ')
}
