import type { LedgerEntry, Outcome, WaitingPoll } from '../core/poll.ts'

export type RunStatus =
  | 'QUEUED'
  | 'RUNNING'
  | 'PAUSING'
  | 'PAUSED'
  | 'COMPLETED'
  | 'FAILED'
  | 'CANCELED'
  | 'ROLLING_BACK'
  | 'ROLLBACK_COMPLETED'
  | 'ROLLBACK_FAILED'

export type TaskRunStatus =
  | 'NOT_STARTED'
  | 'QUEUED'
  | 'RUNNING'
  | 'COMPLETED'
  | 'FAILED'
  | 'FAILED_CONTINUE'
  | 'SKIPPED'
  | 'CANCELED'

/** A run of a pipeline. Plain JSON (integers beyond 2^53 as `toJson` writes them): any driver can take it up. */
export interface RunState {
  readonly version: 1
  readonly pipeline: string
  readonly executionId: string
  /** From 1, per pipeline. */
  readonly executionIndex: number
  readonly requestBy: string
  readonly comments: string
  readonly status: RunStatus
  readonly statusMessage: string
  /** Epoch ms. */
  readonly startedAt: number
  readonly endedAt: number | null
  readonly input: Readonly<Record<string, string>>
  /** Null until the run has ended. */
  readonly output: Readonly<Record<string, unknown>> | null
  /** By `Stage.Task`; a task that is not here has not started. */
  readonly tasks: Readonly<Record<string, TaskRun>>
  readonly isPauseWanted: boolean
  /** What halted the run. */
  readonly failure: { readonly task: string; readonly outcome: Outcome } | null
  readonly rollback: RollbackRun | null
  /** Notifications that are still to be sent. */
  readonly outbox: readonly Notice[]
  /** Notifications so far: numbers them. */
  readonly noticeCount: number
  /** Runs that this one has started: numbers them. */
  readonly children: number
  /** What a reader should know, such as a notification that could not be sent. */
  readonly notes: readonly string[]
}

export interface TaskRun {
  readonly status: TaskRunStatus
  readonly message: string
  /** How it ended, as an exit code says it. */
  readonly outcome: Outcome | null
  readonly output: Readonly<Record<string, unknown>>
  readonly startedAt: number
  readonly endedAt: number | null
  readonly work: Work | null
  /** The verdicts of a Poll task's last attempts, as its state has them. */
  readonly recent: string
  /** The run of a PIPELINE task; kept when it has ended. */
  readonly child: RunState | null
}

/** What a running task waits for. */
export type Work =
  | { readonly kind: 'poll'; readonly state: WaitingPoll; readonly last: LedgerEntry | null }
  | {
      readonly kind: 'rest'
      /** Sent before this one. */
      readonly tries: number
      readonly dueAt: number
      /** It may have reached the server: it must not be sent again without being asked for. */
      readonly isSent: boolean
    }

export interface RollbackRun {
  /** Indexes of the pipeline's rollbacks; the first is running. */
  readonly queue: readonly number[]
  readonly run: RunState
}

/** A webhook that is due, with what was so when its event happened. */
export interface Notice {
  readonly id: number
  /** `Stage.Task`, or null for the pipeline's own. */
  readonly task: string | null
  readonly index: number
  readonly status: string
  readonly statusMessage: string
  readonly dueAt: number
}

const ENDED: ReadonlySet<string> = new Set([
  'COMPLETED',
  'FAILED',
  'FAILED_CONTINUE',
  'SKIPPED',
  'CANCELED',
  'ROLLBACK_COMPLETED',
  'ROLLBACK_FAILED',
])

/** True for the status of a run or a task that will not change any more. */
export function isEnded(status: RunStatus | TaskRunStatus): boolean {
  return ENDED.has(status)
}

/** The run with one of its tasks replaced. */
export function withTask(run: RunState, key: string, task: TaskRun): RunState {
  return run.tasks[key] === task ? run : { ...run, tasks: { ...run.tasks, [key]: task } }
}

export function taskKey(task: { readonly stage: string; readonly name: string }): string {
  return `${task.stage}.${task.name}`
}
