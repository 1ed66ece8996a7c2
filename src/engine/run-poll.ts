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
  readonly signal: AbortSignal
}

export interface PollStep {
  readonly entry: LedgerEntry
  readonly state: PollState
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
    const step: PollStep | null = await nextAttempt(poll, state, options)
    if (step === null) {
      const by = abortReason(options.signal)
      return cancel(poll, state, { by, now: options.effects.clock.now() })
    }
    state = step.state
    yield step
  }
  return state
}

/** Waits until it is due and makes one attempt; null when it was aborted before there was an answer. */
async function nextAttempt(
  poll: CompiledPoll,
  state: WaitingPoll,
  { effects, signal }: RunPollOptions,
): Promise<PollStep | null> {
  const { clock, transport, random } = effects
  if (signal.aborted) return null
  if (state.dueAt > clock.now()) {
    await clock.sleepUntil(state.dueAt, signal).catch(throwUnlessAborted(signal))
    if (signal.aborted) return null
  }
  const { request, conditional } = nextRequest(poll.task, state)
  const timeoutMs = attemptTimeoutMs(poll.task, state, clock.now())
  const sent = await transport.send(request, { timeoutMs, maxBodyBytes: poll.task.maxBodyBytes, signal })
  if (sent.result.kind === 'failure' && signal.aborted) return null
  return advance(poll, state, { attempt: { ...sent, conditional }, now: clock.now(), random: random() })
}

function throwUnlessAborted(signal: AbortSignal) {
  return (error: unknown) => {
    if (!signal.aborted) throw error
  }
}

function abortReason({ reason }: AbortSignal): string {
  return typeof reason === 'string' ? reason : 'by the caller'
}
