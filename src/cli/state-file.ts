import {
  closeSync,
  existsSync,
  fsyncSync,
  openSync,
  readFileSync,
  renameSync,
  unlinkSync,
  writeSync,
} from 'node:fs'
import { BideError } from '../core/errors.ts'
import { parseJson, toJson } from '../core/json.ts'
import { UsageError } from './usage-error.ts'

/** A file in which a command keeps its state, so that it can go on after a crash. */
export interface StateFile<T> {
  /** What an earlier command kept, or null. */
  readonly kept: T | null
  /** Replaces the file as a whole, so that a crash leaves the old state or the new one. */
  write(value: T): void
}

/** Opens the file of `--resume`, and finds it to be writable before anything is sent. @throws UsageError */
export function openStateFile<T extends { readonly format: string }>(
  path: string,
  format: T['format'],
): StateFile<T> {
  const kept = existsSync(path) ? readKept<T>(path, format) : null
  try {
    const probe = temporary(path)
    closeSync(openSync(probe, 'w', 0o600))
    unlinkSync(probe)
  } catch (error) {
    throw new UsageError(cannotWrite(path, error))
  }
  return { kept, write: (value) => replace(path, toJson(value)) }
}

function replace(path: string, text: string): void {
  const next = temporary(path)
  try {
    const file = openSync(next, 'w', 0o600)
    writeSync(file, text)
    fsyncSync(file)
    closeSync(file)
    renameSync(next, path)
  } catch (error) {
    throw new BideError('store', cannotWrite(path, error))
  }
}

function readKept<T extends { readonly format: string }>(path: string, format: string): T {
  const value = parseJson(readFileSync(path, 'utf8')) as T | null | undefined
  if (value !== null && typeof value === 'object' && value.format === format) return value
  throw new UsageError(`--resume: ${path} holds no ${format}`, 'name another file, or remove this one')
}

function temporary(path: string): string {
  return `${path}.${process.pid}.tmp`
}

function cannotWrite(path: string, error: unknown): string {
  return `--resume: cannot write ${path} (${(error as NodeJS.ErrnoException).code})`
}
