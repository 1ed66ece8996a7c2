import { createHash } from 'node:crypto'
import type { LedgerEntry, PollState } from '../core/poll.ts'
import type { Redactor } from '../core/redact.ts'
import type { PollTask } from '../core/task.ts'
import { openStateFile } from './state-file.ts'
import { UsageError } from './usage-error.ts'

interface Kept {
  readonly format: 'state of a poll'
  readonly task: string
  readonly state: PollState
  readonly attempts: readonly LedgerEntry[]
}

/** The file is written anew after each attempt, so it must not grow with every one: the oldest are left out. */
const MOST_ATTEMPTS = 1000

export interface ResumeFile {
  /** What an earlier run kept, or null. */
  readonly state: PollState | null
  /** The ledger that goes with it: its last 1,000 attempts. */
  readonly attempts: readonly LedgerEntry[]
  /** Keeps a state, and the attempt that led to it. */
  write(entry: LedgerEntry, state: PollState): void
}

/**
 * The file in which a poll keeps its state, with secrets masked. The same task: method, URL, headers' names, payload
 * and conditions; count, interval and time limits may change between runs.
 * @throws UsageError where the file belongs to another task, is no state, or cannot be written.
 */
export function openResumeFile(path: string, task: PollTask, redactor: Redactor): ResumeFile {
  const file = openStateFile<Kept>(path, 'state of a poll')
  const identity = fingerprint(task)
  if (file.kept !== null && file.kept.task !== identity) {
    throw new UsageError(
      `--resume: ${path} holds the state of another task`,
      'name another file, or remove this one',
    )
  }
  const kept = file.kept?.attempts ?? []
  let attempts = kept
  return {
    state: file.kept?.state ?? null,
    attempts: kept,
    write(entry, state) {
      attempts = [...attempts, entry].slice(-MOST_ATTEMPTS)
      const masked = redactor.json(withoutTag(state)) as PollState
      file.write({ format: 'state of a poll', task: identity, state: masked, attempts })
    },
  }
}

/** A body that was masked must not stand for the real one, as it would after a 304: so there is no tag to ask by. */
function withoutTag(state: PollState): PollState {
  if (state.last === null) return state
  const { etag, ...headers } = state.last.headers
  return { ...state, last: { ...state.last, headers } }
}

function fingerprint({ method, url, headers, payload, exitCriteria }: PollTask): string {
  const identity = [method, url, Object.keys(headers).sort(), payload, exitCriteria]
  return createHash('sha256').update(JSON.stringify(identity)).digest('hex')
}
