import {
  advance,
  attemptTimeoutMs,
  type CompiledPoll,
  cancel,
  type DonePoll,
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

/**
 * Runs one poll in this process, from any waiting state, until it is done. Yields each attempt; the next one is
 * made only when the caller asks on, so what a caller stores is stored before anything more is sent.
 */
export async function* runPoll(
  poll: CompiledPoll,
  from: WaitingPoll,
  options: RunPollOptions,
): AsyncGenerator<PollStep, DonePoll, void> {
  let state: PollState = from
  while (state.kind === 'waiting') {
    const step: PollStep | CancelledStep = await nextStep(poll, state, options)
    state = step.state
    if (step.entry !== null) yield step
  }
  return state
}

/** Waits until the next attempt is due and makes it. Without a generator: one costs as much as a timer. */
export async function nextStep(
  poll: CompiledPoll,
  state: WaitingPoll,
  options: RunPollOptions,
): Promise<PollStep | CancelledStep> {
  const { effects, signal } = options
  const { clock, transport, random } = effects
  if (state.dueAt > clock.now()) {
    try {
      await clock.sleepUntil(state.dueAt, signal)
    } catch (error) {
      if (!signal?.aborted) throw error
    }
  }
  if (signal?.aborted) return cancelled(poll, state, options)
  const { request, conditional } = nextRequest(poll.task, state)
  const timeoutMs = attemptTimeoutMs(poll.task, state, clock.now())
  const sent = await transport.send(request, { timeoutMs, maxBodyBytes: poll.task.maxBodyBytes, signal })
  if (sent.result.kind === 'failure' && signal?.aborted) return cancelled(poll, state, options)
  return advance(poll, state, { attempt: { ...sent, conditional }, now: clock.now(), random: random() })
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
