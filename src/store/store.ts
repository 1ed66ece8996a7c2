import type { TaskStatus } from '../core/outputs.ts'
import type { Audit } from './audit.ts'
import type { Catalog } from './catalog.ts'
import type { Outbox, OutboxEntry } from './outbox.ts'

/** Status of a poll that a server keeps. */
export type PollStatus = TaskStatus | 'PAUSED'

/** One poll as it is kept. `task` and `state` are opaque here: who keeps them has sealed them. */
export interface StoredPoll {
  readonly id: string
  readonly name: string | null
  readonly status: PollStatus
  /** Scheme, host and port, by which attempts are held apart. */
  readonly origin: string
  /** Epoch ms. */
  readonly createdAt: number
  /** Epoch ms of the next attempt; null where none is to come. */
  readonly dueAt: number | null
  /** Epoch ms; null while it goes on. */
  readonly endedAt: number | null
  readonly task: Uint8Array
  readonly state: Uint8Array
}

/** What happened to a poll, numbered from 1. `data` is JSON text that may be shown to anybody. */
export interface StoredEvent {
  readonly number: number
  readonly kind: string
  /** Epoch ms. */
  readonly at: number
  readonly data: string
  /** How many events just before it it stands for, so that their numbers are missing: 0 but for attempts alike. */
  readonly folded: number
}

/** An event as it is handed over, with the answer of an attempt, sealed. */
export interface NewEvent extends StoredEvent {
  readonly answer?: Uint8Array
}

/** What is known of the events of a poll without reading them. */
export interface EventCounts {
  /** The number of the last one; 0 where there is none. */
  readonly lastEvent: number
  /** How many were folded into others. */
  readonly folded: number
  /** Whether the last one gives way to another that folds. */
  readonly endsFolding: boolean
}

/** What an attempt or a command makes of a poll. An event that is kept already is not kept twice. */
export interface PollChange extends Pick<StoredPoll, 'id' | 'status' | 'dueAt' | 'endedAt' | 'state'> {
  readonly events: readonly NewEvent[]
  /** Its one event is an attempt like the one before, and takes the place of that where that came so too. */
  readonly folds?: boolean
  /** In place of the task that is kept. */
  readonly task?: Uint8Array
  /** Put into the outbox together with the change, or not at all. */
  readonly message?: OutboxEntry | null
}

/** The caller's own name for a submission, with a digest of what was asked and the answer that was given. */
export interface Idempotency {
  readonly key: string
  readonly digest: string
  readonly answer: string
  /** Epoch ms. */
  readonly at: number
}

export interface Submission {
  readonly poll: StoredPoll
  readonly events: readonly StoredEvent[]
  readonly idempotency: Idempotency | null
}

/** `known`: that key was taken before, by this submission. */
export type Submitted =
  | { readonly kind: 'added' }
  | { readonly kind: 'known'; readonly submission: Idempotency }

/** What is enough to know when a poll wants to be asked. */
export interface DuePoll {
  readonly id: string
  readonly origin: string
  readonly dueAt: number
}

export interface DueQuery {
  /** The place behind which to go on; null from the start. */
  readonly after: Pick<DuePoll, 'dueAt' | 'id'> | null
  /** Epoch ms. */
  readonly until: number
  readonly limit: number
}

export interface ListQuery {
  readonly status: PollStatus | null
  /** The place of the last poll of the page before; null for the first page. */
  readonly before: number | null
  readonly limit: number
}

export interface EventQuery {
  readonly after: number
  readonly limit: number
  /** One kind alone; null for all. */
  readonly kind: string | null
}

/**
 * Where polls outlive the process. What `submit` and `change` promise is kept once they resolve: it is there after
 * a crash at any later moment. Changes are kept in the order in which they were asked for.
 */
export interface Store {
  readonly catalog: Catalog
  readonly audit: Audit
  readonly outbox: Outbox
  submit(submission: Submission): Promise<Submitted>
  change(change: PollChange): Promise<void>
  get(id: string): Promise<(StoredPoll & EventCounts) | null>
  /** Newest first; `place` is where a page goes on. */
  list(query: ListQuery): Promise<readonly (StoredPoll & { readonly place: number })[]>
  /** In order. */
  events(id: string, query: EventQuery): Promise<readonly StoredEvent[]>
  /** The last answer that came with an event up to that number; null where none did. */
  answer(id: string, number: number): Promise<{ readonly number: number; readonly answer: Uint8Array } | null>
  /** Polls that are to be asked, by due time, then id. */
  due(query: DueQuery): Promise<readonly DuePoll[]>
  /** Polls that have not ended. */
  countOpen(): Promise<number>
  /**
   * Removes polls that ended before, or are not among the `keep` that ended last, with their events, and keys and audit
   * rows that are older: so many of each at most.
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
