import {
  advance,
  attemptTimeoutMs,
  type CompiledPoll,
  cancel,
  type DonePoll,
  etagToSend,
  type LedgerEntry,
  nextRequest,
  type PollState,
  type WaitingPoll,
} from '../core/poll.ts'
import type { Effects } from './effects.ts'

export interface RunPollOptions {
  readonly effects: Pick<Effects, 'clock' | 'random' | 'transport'>
  /** Aborting it ends the poll as cancelled; a string as its reason is said in the message. */
  readonly signal: AbortSignal | null
}

export interface PollStep {
  readonly entry: LedgerEntry
  readonly state: PollState
}

/** The poll was cancelled before there was an answer. */
export interface CancelledStep {
  readonly entry: null
  readonly state: DonePoll
}

/** Waits until the next attempt is due and makes it. */
export async function nextStep(
  poll: CompiledPoll,
  state: WaitingPoll,
  options: RunPollOptions,
): Promise<PollStep | CancelledStep> {
  if (isEarly(state, options)) await untilDue(state, options)
  const sent = options.signal?.aborted ? null : await sendNext(poll, state, options)
  return stepAfter(poll, { state, sent }, options)
}

/** A step is in three parts for who waits for ten thousand: each function that awaits is memory while it does. */
export function isEarly({ dueAt }: WaitingPoll, { effects }: RunPollOptions): boolean {
  return dueAt > effects.clock.now()
}

/** Resolves when the next attempt is due, or at once when it is cancelled. */
export function untilDue({ dueAt }: WaitingPoll, { effects, signal }: RunPollOptions): Promise<void> {
  const due = effects.clock.sleepUntil(dueAt, signal)
  if (signal === null) return due
  return due.catch((error) => {
    if (!signal.aborted) throw error
  })
}

type Sent = Awaited<ReturnType<Effects['transport']['send']>>

/** Sends the request of the next attempt. */
export function sendNext(
  { task }: CompiledPoll,
  state: WaitingPoll,
  { effects, signal }: RunPollOptions,
): Promise<Sent> {
  const timeoutMs = attemptTimeoutMs(task, state, effects.clock.now())
  const { maxBodyBytes } = task
  return effects.transport.send(nextRequest(task, state).request, { timeoutMs, maxBodyBytes, signal })
}

/** What came of it; null where it was cancelled before it was sent. */
export function stepAfter(
  poll: CompiledPoll,
  { state, sent }: { readonly state: WaitingPoll; readonly sent: Sent | null },
  options: RunPollOptions,
): PollStep | CancelledStep {
  const { effects, signal } = options
  if (sent === null || (sent.result.kind === 'failure' && signal?.aborted))
    return cancelled(poll, state, options)
  const { startedAt, durationMs, result, notes } = sent
  const conditional = etagToSend(poll.task, state) !== null
  const attempt = { startedAt, durationMs, conditional, result, notes }
  return advance(poll, state, { attempt, now: effects.clock.now(), random: effects.random() })
}

function cancelled(
  poll: CompiledPoll,
  state: WaitingPoll,
  { effects, signal }: RunPollOptions,
): CancelledStep {
  const done = cancel(poll, state, { by: abortReason(signal), now: effects.clock.now() })
  return { entry: null, state: done }
}

function abortReason(signal: AbortSignal | null): string {
  return typeof signal?.reason === 'string' ? signal.reason : 'by the caller'
}
