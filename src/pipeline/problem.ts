import { excerpt } from '../core/excerpt.ts'

/** One thing that is wrong with a file, or that most likely does not mean what was meant. */
export interface Problem {
  /** An error keeps the pipeline from being run; a warning does not. */
  readonly severity: 'error' | 'warning'
  /** Names the kind of problem, for machines. */
  readonly rule: string
  readonly message: string
  /** What to do about it. */
  readonly hint: string | null
  readonly file: string
  /** From 1. */
  readonly line: number
  /** From 1. */
  readonly column: number
  /** That line of the file. */
  readonly text: string
}

/** A problem for people: place, what, the line with a caret, what to do. */
export function renderProblem(problem: Problem): string {
  const { file, line, column, severity, message, text, hint } = problem
  const head = `${file}:${line}:${column}: ${severity}: ${message}`
  return `${head}\n${excerpt(text, column)}${hint === null ? '' : `\n  ${hint}`}`
}
