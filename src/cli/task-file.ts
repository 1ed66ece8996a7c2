import { LineCounter, parseDocument } from 'yaml'
import { readNamedFile } from './read-file.ts'
import { UsageError } from './usage-error.ts'

/** A task out of a YAML or JSON file: the keys of a POLL task's `input`, or a task that has it. */
export function readTaskFile(path: string): Record<string, unknown> {
  const text = readNamedFile('--file', path)
  const lineCounter = new LineCounter()
  const document = parseDocument(text, { lineCounter, prettyErrors: false })
  const [error] = document.errors
  if (error) {
    const { line, col } = lineCounter.linePos(error.pos[0])
    const shown = text.split('\n')[line - 1] ?? ''
    throw new UsageError(`${path}:${line}:${col}: ${error.message}\n  ${shown}\n  ${' '.repeat(col - 1)}^`)
  }
  const value: unknown = document.toJS()
  if (value === null || typeof value !== 'object' || Array.isArray(value)) {
    throw new UsageError(`${path}:1:1: expected the keys of a poll task, such as url`)
  }
  const { input } = value as { input?: unknown }
  return (typeof input === 'object' && input !== null ? input : value) as Record<string, unknown>
}
