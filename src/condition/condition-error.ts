import { BideError } from '../core/errors.ts'
import { excerpt } from '../core/excerpt.ts'

/** A condition that does not compile: the text, the place, what is wrong, and what to do. */
export class ConditionError extends BideError {
  readonly source: string
  /** UTF-16 units from the start. */
  readonly offset: number
  /** From 1. */
  readonly line: number
  /** From 1. */
  readonly column: number
  /** What is wrong, without place and caret. */
  readonly problem: string

  constructor(problem: string, place: { source: string; offset: number; hint?: string | null }) {
    const { source, hint = null } = place
    const offset = Math.min(place.offset, source.length)
    const before = source.slice(0, offset)
    const line = before.split('\n').length
    const column = offset - (before.lastIndexOf('\n') + 1) + 1
    super('invalid-condition', render({ problem, source, line, column, hint }), { hint })
    this.name = 'ConditionError'
    this.source = source
    this.offset = offset
    this.line = line
    this.column = column
    this.problem = problem
  }
}

function render(at: {
  problem: string
  source: string
  line: number
  column: number
  hint: string | null
}): string {
  const line = at.source.split('\n')[at.line - 1] ?? ''
  return `${at.problem} at ${at.line}:${at.column}\n${excerpt(line, at.column)}${at.hint ? `\n  ${at.hint}` : ''}`
}
