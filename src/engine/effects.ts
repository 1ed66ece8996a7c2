import type { Attempt, HttpRequest } from '../core/attempt.ts'

/** All that is impure, named in one place, so that a test can stand in for each. */
export interface Effects {
  readonly clock: Clock
  /** A number in [0, 1). */
  readonly random: () => number
  readonly newId: () => string
  readonly transport: Transport
}

export interface Clock {
  /** Epoch milliseconds that never run backwards: the wall clock at start plus monotonic time since. */
  now(): number
  /**
   * Resolves at that instant; rejects with the signal's reason when aborted before. Any distance is allowed.
   * Without a signal nobody can wake it: listening to one that is never aborted costs as much as a timer.
   */
  sleepUntil(at: number, signal: AbortSignal | null): Promise<void>
}

/** Sends one request, follows its redirects, and reads the whole body. Never rejects but for a defect. */
export interface Transport {
  send(request: HttpRequest, options: SendOptions): Promise<Omit<Attempt, 'conditional'>>
  /** Closes idle connections. */
  close(): Promise<void>
}

export interface SendOptions {
  /** From the start of connecting to the last byte. */
  readonly timeoutMs: number
  /** Decoded bytes. */
  readonly maxBodyBytes: number
  /** Breaks the attempt off; null where nobody can. */
  readonly signal: AbortSignal | null
}
