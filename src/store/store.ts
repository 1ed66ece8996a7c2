import type { TaskStatus } from '../core/outputs.ts'
import type { RunStatus as ExecutionStatus } from '../pipeline/run-state.ts'
import type { Audit } from './audit.ts'
import type { Catalog } from './catalog.ts'
import type { Outbox } from './outbox.ts'

/** Status of a poll that a server keeps. */
export type PollStatus = TaskStatus | 'PAUSED'

/** Status of a poll, or of the execution of a pipeline. */
export type RunStatus = PollStatus | ExecutionStatus

export type RunKind = 'poll' | 'execution'

/** One run as it is kept: a poll, or the execution of a pipeline. `task` and `state` are opaque: who keeps them has sealed them. */
export interface StoredRun {
  /** Of its own among polls and executions together. */
  readonly id: string
  readonly kind: RunKind
  /** An execution's is its pipeline's. */
  readonly name: string | null
  readonly status: RunStatus
  /** Scheme, host and port, by which attempts are held apart; empty for an execution, which may ask many. */
  readonly origin: string
  /** Which execution of its pipeline it is, from 1; null for a poll. */
  readonly executionIndex: number | null
  /** Epoch ms. */
  readonly createdAt: number
  /** Epoch ms of what comes next; null where nothing is to come by itself. */
  readonly dueAt: number | null
  /** Epoch ms; null while it goes on. */
  readonly endedAt: number | null
  readonly task: Uint8Array
  readonly state: Uint8Array
}

/** What happened to a run, numbered from 1. `data` is JSON text that may be shown to anybody. */
export interface StoredEvent {
  readonly number: number
  readonly kind: string
  /** Epoch ms. */
  readonly at: number
  readonly data: string
  /** How many events just before it it stands for, so that their numbers are missing: 0 but for attempts alike. */
  readonly folded: number
}

/** An event as it is handed over, with the answer of an attempt. */
export interface NewEvent extends StoredEvent {
  readonly answer?: NewAnswer
}

/** The answer of an attempt, sealed. */
export interface NewAnswer {
  readonly answer: Uint8Array
  /** A long body, apart: of those with one name, which have one text, the first is kept for all, whichever run they are of. */
  readonly body: { readonly name: string; readonly sealed: Uint8Array } | null
}

/** A body as it is found; `runId` is of the run that it first came to, for which it is sealed. */
export interface KeptBody {
  readonly runId: string
  readonly sealed: Uint8Array
}

export interface KeptAnswer {
  /** Of the event that it came with. */
  readonly number: number
  readonly answer: Uint8Array
  readonly body: KeptBody | null
}

/** What is known of the events of a run without reading them. */
export interface EventCounts {
  /** The number of the last one; 0 where there is none. */
  readonly lastEvent: number
  /** How many were folded into others. */
  readonly folded: number
  /** Whether the last one gives way to another that folds. */
  readonly endsFolding: boolean
}

/** A run as it is found. */
export interface KeptRun extends StoredRun {
  /** The data of its last event where that folds: what it made of the run need not be in `state`. */
  readonly tail: string | null
}

/** What an attempt or a command makes of a run. An event that is kept already is not kept twice. */
export interface RunChange extends Pick<StoredRun, 'id' | 'status' | 'dueAt' | 'endedAt'> {
  readonly state: Uint8Array
  readonly events: readonly NewEvent[]
  /** Its one event is an attempt like the one before, and takes the place of that where that came so too. */
  readonly folds?: boolean
  /** In place of the task that is kept. */
  readonly task?: Uint8Array
}

/**
 * An attempt like the one before, of a run that goes on: the state after it follows from the one that is kept and its
 * line. It folds, as an event of a change does.
 */
export interface RunRepeat
  extends Pick<StoredEvent, 'number' | 'at' | 'data'>,
    Pick<StoredRun, 'id' | 'dueAt'> {}

/** The caller's own name for a submission, with a digest of what was asked and the answer that was given. */
export interface Idempotency {
  readonly key: string
  readonly digest: string
  readonly answer: string
  /** Epoch ms. */
  readonly at: number
}

export interface Submission {
  readonly run: StoredRun
  readonly events: readonly StoredEvent[]
  readonly idempotency: Idempotency | null
  /** Put into the outbox under the id of the poll; it is due once the poll has ended. */
  readonly message?: Uint8Array | null
}

/** `known`: that key was taken before, by this submission. */
export type Submitted =
  | { readonly kind: 'added' }
  | { readonly kind: 'known'; readonly submission: Idempotency }

/** What is enough to know when a run wants to go on. */
export interface DueRun {
  readonly id: string
  readonly origin: string
  readonly dueAt: number
  /** In the order of coming. */
  readonly place: number
}

export interface DueQuery {
  /** The place behind which to go on; null from the start. */
  readonly after: Pick<DueRun, 'dueAt' | 'place'> | null
  /** Epoch ms. */
  readonly until: number
  readonly limit: number
}

/** Which runs are wanted; null for whichever. */
export interface RunFilter {
  readonly kind: RunKind | null
  readonly status: RunStatus | null
  readonly name: string | null
  /** Stands in name, id or origin; in any case of its letters. */
  readonly text: string | null
}

export interface ListQuery extends RunFilter {
  /** The place behind which to go on; null for the first page. */
  readonly before: number | null
  readonly limit: number
}

export type ListedRun = KeptRun & { readonly place: number }

/** A part of a list. A search that finds little reads on for a while, then says where it has come to. */
export interface RunList {
  /** Newest first. */
  readonly runs: readonly ListedRun[]
  /** Where to go on; null at the end. */
  readonly next: number | null
}

/** An execution that has not ended. */
export interface OpenExecution {
  readonly id: string
  readonly pipeline: string
  readonly status: RunStatus
}

export interface EventQuery {
  readonly after: number
  readonly limit: number
  /** One kind alone; null for all. */
  readonly kind: string | null
}

/**
 * Where runs outlive the process. What `submit`, `change` and `repeat` promise is kept once they resolve: it is there after
 * a crash at any later moment. Changes are kept in the order in which they were asked for.
 */
export interface Store {
  readonly catalog: Catalog
  readonly audit: Audit
  readonly outbox: Outbox
  submit(submission: Submission): Promise<Submitted>
  change(change: RunChange): Promise<void>
  repeat(repeat: RunRepeat): Promise<void>
  get(id: string): Promise<(KeptRun & EventCounts) | null>
  list(query: ListQuery): Promise<RunList>
  /** In order. */
  events(id: string, query: EventQuery): Promise<readonly StoredEvent[]>
  /** The last answer that came with an event up to that number; null where none did. */
  answer(id: string, number: number): Promise<KeptAnswer | null>
  /** Runs that are due, by due time, then in the order of coming. */
  due(query: DueQuery): Promise<readonly DueRun[]>
  /** Runs that have not ended. */
  countOpen(): Promise<number>
  /** Runs that are paused. */
  countPaused(): Promise<number>
  /** Executions that have not ended, the oldest first. */
  openExecutions(): Promise<readonly OpenExecution[]>
  /** The greatest index that an execution of a pipeline ever had; 0 where there was none. */
  lastExecutionIndex(pipeline: string): Promise<number>
  /**
   * Removes runs that ended before, or are not among the `keep` that ended last, with their events and the bodies that
   * no other has, and keys and audit rows that are older: so many of each at most.
   */
  removeEnded(query: {
    readonly before: number
    /** All by default. */
    readonly keep?: number
    readonly limit: number
  }): Promise<{ readonly removed: number }>
  /** The bytes that all this takes; what was removed counts no more. */
  stats(): Promise<{ readonly bytes: number }>
  /** Keeps what is under way, then closes. */
  close(): Promise<void>
}
