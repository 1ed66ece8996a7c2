import type { HttpResponse } from '../core/attempt.ts'
import type { Verdict } from '../core/judge.ts'
import type { PollOutputs } from '../core/outputs.ts'
import type { LedgerEntry, Outcome, WaitingPoll } from '../core/poll.ts'
import type { WaitReason } from '../core/schedule.ts'
import type { PollTask, PollTaskInput } from '../core/task.ts'
import type { PollStatus, RunFilter, StoredEvent } from '../store/store.ts'
import type {
  AttemptQuery,
  ExecutionCommand,
  ExecutionCommandResult,
  ExecutionView,
  NewExecution,
  RunPage,
  RunRow,
  StartResult,
  TaskAttemptView,
  Variable,
} from './executions.ts'
import type { Webhook } from './webhook.ts'

/** A poll as it is shown: every secret of it is masked. Instants are ISO 8601, UTC. */
export interface PollView {
  readonly id: string
  readonly name: string | null
  readonly status: PollStatus
  /** Null until it has ended. */
  readonly outcome: Outcome | null
  readonly message: string | null
  readonly task: PollTask
  readonly iterationCount: number
  /** Null where none is to come: paused or ended. */
  readonly nextAttemptAt: string | null
  /** Why the next attempt comes then; null where none is to come. */
  readonly waitReason: WaitReason | null
  /** What the last attempt was and meant; null before the first. */
  readonly last: LastAttempt | null
  /** How often each thing was observed: `200 pending` -> 12. */
  readonly observed: Readonly<Record<string, number>>
  /** The last number of `progress`; null where there is none. */
  readonly progress: number | null
  readonly deadlineAt: string | null
  readonly startedAt: string
  readonly endedAt: string | null
  /** The eleven outputs, once it has ended. */
  readonly output: PollOutputs | null
}

export interface LastAttempt {
  readonly verdict: Verdict
  readonly reason: string
  /** What the conditions saw, shortened for people. */
  readonly values: WaitingPoll['lastValues']
}

export interface NewPoll {
  readonly task: unknown
  readonly name: string | null
  /** The caller's own name for this submission, and the text of it, so that a repeated one is known. */
  readonly idempotency: { readonly key: string; readonly text: string } | null
  /** Who is told once it has ended. */
  readonly webhook?: Webhook | null
  /** All that it may name as `${var.NAME}`. It stands on these values until it ends. */
  readonly variables?: Readonly<Record<string, Variable>>
}

export type SubmitResult =
  | { readonly kind: 'accepted'; readonly id: string; readonly poll: PollView }
  /** That key has this answer already. */
  | { readonly kind: 'repeated'; readonly id: string; readonly poll: PollView }
  /** That key was used with another text. */
  | { readonly kind: 'key-reused' }
  /** No more polls may wait. */
  | { readonly kind: 'full'; readonly limit: number }
  /** What is kept has reached the bytes that it may have. */
  | { readonly kind: 'no-room'; readonly bytes: number; readonly limit: number }

export type CommandResult =
  | { readonly kind: 'done'; readonly poll: PollView }
  | { readonly kind: 'unknown' }
  /** The poll is in no state for that. */
  | { readonly kind: 'refused'; readonly reason: string }

/** One attempt that was made for nothing but to see what comes of it. */
export interface Trial {
  readonly attempt: LedgerEntry
  /** Null where there was no whole one. */
  readonly response: HttpResponse | null
  /** How the poll would have ended by it, or null where it would go on. */
  readonly outcome: Outcome | null
  readonly message: string | null
}

/** An answer as it may be shown. */
export interface ShownResponse extends HttpResponse {
  /** Of the whole body: more than what is shown where that was cut. */
  readonly bodyLength: number
}

/** One attempt with what came back. */
export interface AttemptView {
  readonly attempt: LedgerEntry
  /** How many attempts alike just before it it stands for. */
  readonly folded: number
  /** Null where nothing whole came back, or none is kept. */
  readonly response: ShownResponse | null
  /** False where the answer of this attempt is kept no more. */
  readonly isKept: boolean
}

export interface PollPage {
  readonly polls: readonly PollView[]
  /** Where the next page goes on, or null at the end. */
  readonly next: number | null
}

export type PollCommand = 'cancel' | 'pause' | 'resume' | 'now'

/** What may be changed of a poll while it waits; of the exit criteria, each by itself. */
export const CHANGEABLE_KEYS = [
  'pollCount',
  'pollIntervalSeconds',
  'timeoutSeconds',
  'exitCriteria',
  'progress',
  'stallSeconds',
] as const
export type PollChanges = Partial<Pick<PollTaskInput, (typeof CHANGEABLE_KEYS)[number]>>
/** Which runs are wanted; null for whichever. */
export interface RunQuery extends RunFilter {
  readonly before: number | null
  readonly limit: number
}

export interface EngineLoad {
  /** Runs that have not ended. */
  readonly open: number
  /** Attempts in flight. */
  readonly running: number
  /** Attempts that are due and wait for their turn. */
  readonly queued: number
  readonly paused: number
}

/** Carries executions of pipelines on, beside polls. */
export interface ExecutionEngine {
  /** Polls and executions together, newest first. */
  listRuns(query: RunQuery): Promise<RunPage>
  /** One of them as a line of that list. */
  getRow(id: string): Promise<RunRow | null>
  /** Calls back, with its id, when any run has changed. Returns how to end that. */
  watchAll(listener: (id: string) => void): () => void
  /** @throws BideError where its pipelines do not fit. */
  start(start: NewExecution): Promise<StartResult>
  get(id: string): Promise<ExecutionView | null>
  /** An attempt of one of its Poll tasks, or the one it was folded into; null where there is none. */
  attempt(id: string, query: AttemptQuery): Promise<TaskAttemptView | null>
  /** `by` completes "cancelled by ...". */
  command(id: string, command: ExecutionCommand, by: string): Promise<ExecutionCommandResult>
}

/** Carries polls on that outlive the process. What it answers is kept, whatever happens afterwards. */
export interface Engine {
  /** @throws InvalidTaskError with every problem. */
  submit(poll: NewPoll): Promise<SubmitResult>
  get(id: string): Promise<PollView | null>
  list(query: {
    readonly status: PollStatus | null
    readonly before: number | null
    readonly limit: number
  }): Promise<PollPage>
  /** Pipelines; null where this engine runs none. */
  readonly executions: ExecutionEngine | null
  /** What happened to a run after that event; null where there is no such run. */
  events(
    id: string,
    query: { readonly after: number; readonly limit: number; readonly kind: string | null },
  ): Promise<readonly StoredEvent[] | null>
  /** The attempt of that number, or the one it was folded into; null where there is none. */
  attempt(id: string, iteration: number): Promise<AttemptView | null>
  /** Calls back after each event of a run has been kept. Returns how to end that. */
  watch(id: string, listener: () => void): () => void
  /** `by` completes "cancelled by ...". */
  command(id: string, command: PollCommand, by: string): Promise<CommandResult>
  /** Changes the task of a poll that waits. @throws InvalidTaskError, ConditionError where it does not fit as a whole. */
  revise(id: string, changes: PollChanges, by: string): Promise<CommandResult>
  /** @throws InvalidTaskError. Null where too many are tried at once. */
  tryOnce(task: unknown, variables?: NewPoll['variables']): Promise<Trial | null>
  /** How much there is to do; null where that is not known. */
  load(): Promise<EngineLoad | null>
  /** False while the store cannot be written, and once it stops. */
  isReady(): boolean
  /** Begins nothing more, lets attempts in flight end for so long, and keeps what came of them. */
  stop(graceMs: number): Promise<void>
}
