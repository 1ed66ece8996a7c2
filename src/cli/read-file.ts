import { readFileSync } from 'node:fs'
import { UsageError } from './usage-error.ts'

/** The text of a file that a flag names. @throws UsageError that names the flag. */
export function readNamedFile(flag: string, path: string): string {
  try {
    return readFileSync(path === '-' ? 0 : path, 'utf8')
  } catch (error) {
    throw new UsageError(`${flag}: cannot read ${path} (${(error as NodeJS.ErrnoException).code})`)
  }
}
