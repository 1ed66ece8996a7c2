import { createHash } from 'node:crypto'
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
import type { PollState } from '../core/poll.ts'
import type { Redactor } from '../core/redact.ts'
import type { PollTask } from '../core/task.ts'
import { UsageError } from './usage-error.ts'

interface Kept {
  readonly format: 'bide-poll-state'
  readonly task: string
  readonly state: PollState
}

/**
 * The state that an earlier run of the same task kept, or null. The same task: method, URL, headers' names, payload
 * and conditions; count, interval and time limits may change between runs.
 * @throws UsageError where the file belongs to another task or is no state.
 */
function readResumeFile(path: string, task: PollTask): PollState | null {
  if (!existsSync(path)) return null
  const kept = parseKept(path)
  if (kept.task !== fingerprint(task)) {
    throw new UsageError(
      `--resume: ${path} holds the state of another task`,
      'name another file, or remove this one',
    )
  }
  return kept.state
}

export interface ResumeFile {
  /** What an earlier run kept, or null. */
  readonly state: PollState | null
  write(state: PollState): void
}

/** The file of a task, read, and found to be writable before anything is sent. @throws UsageError */
export function openResumeFile(path: string, task: PollTask, redactor: Redactor): ResumeFile {
  const state = readResumeFile(path, task)
  try {
    const probe = `${path}.${process.pid}.tmp`
    closeSync(openSync(probe, 'w', 0o600))
    unlinkSync(probe)
  } catch (error) {
    throw new UsageError(`--resume: cannot write ${path} (${(error as NodeJS.ErrnoException).code})`)
  }
  return { state, write: (next) => writeResumeFile(path, task, next, redactor) }
}

/** Replaces the file as a whole, so that a crash leaves the old state or the new one. Secrets are masked. */
function writeResumeFile(path: string, task: PollTask, state: PollState, redactor: Redactor): void {
  const kept: Kept = {
    format: 'bide-poll-state',
    task: fingerprint(task),
    state: redactor.json(withoutTag(state)) as PollState,
  }
  const next = `${path}.${process.pid}.tmp`
  try {
    const file = openSync(next, 'w', 0o600)
    writeSync(file, JSON.stringify(kept))
    fsyncSync(file)
    closeSync(file)
    renameSync(next, path)
  } catch (error) {
    throw new BideError('store', `--resume: cannot write ${path} (${(error as NodeJS.ErrnoException).code})`)
  }
}

/** A body that was masked must not stand for the real one, as it would after a 304: so there is no tag to ask by. */
function withoutTag(state: PollState): PollState {
  if (state.last === null) return state
  const { etag, ...headers } = state.last.headers
  return { ...state, last: { ...state.last, headers } }
}

function parseKept(path: string): Kept {
  try {
    const kept = JSON.parse(readFileSync(path, 'utf8')) as Kept
    if (kept.format === 'bide-poll-state' && kept.state.version === 1) return kept
  } catch {
    // said below
  }
  throw new UsageError(`--resume: ${path} holds no state of a poll`, 'name another file, or remove this one')
}

function fingerprint({ method, url, headers, payload, exitCriteria }: PollTask): string {
  const identity = [method, url, Object.keys(headers).sort(), payload, exitCriteria]
  return createHash('sha256').update(JSON.stringify(identity)).digest('hex')
}
