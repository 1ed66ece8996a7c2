import { readFileSync } from 'node:fs'
import { UsageError } from './usage-error.ts'

let stdinTakenBy: string | null = null

/** The text of a file that a flag names; `-` is stdin, which can be read once. @throws UsageError that names the flag. */
export function readNamedFile(flag: string, path: string): string {
  if (path === '-') {
    if (stdinTakenBy !== null) throw new UsageError(`${flag}: stdin was already read for ${stdinTakenBy}`)
    stdinTakenBy = flag
  }
  try {
    return readFileSync(path === '-' ? 0 : path, 'utf8')
  } catch (error) {
    throw new UsageError(`${flag}: cannot read ${path} (${(error as NodeJS.ErrnoException).code})`)
  }
}
