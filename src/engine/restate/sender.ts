import { BideError } from '../../core/errors.ts'
import { type Exchange, sendableOf, unknownExchanges } from '../../pipeline/exchanges.ts'
import type { RunEvent } from '../../pipeline/run.ts'
import type { RunState } from '../../pipeline/run-state.ts'
import type { RunContext } from '../../pipeline/scope.ts'
import { failureOf } from '../run-pipeline.ts'
import type { WorkerParts } from './worker-parts.ts'

export interface Sending {
  readonly context: RunContext
  readonly run: RunState
  readonly exchange: Exchange
}

/**
 * Carries out exchanges of executions. `begin` gives a token that is good for one sending in this process: who comes
 * with a token of an earlier process, or a second time, may have sent before, and sends a REST request not again.
 */
export function createSender({ effects, budget }: WorkerParts) {
  const tokens = new Set<string>()
  const { clock, random, transport, newId } = effects

  /** Null where there was no room at the origin. */
  const send = async (sending: Sending, token: string, signal: AbortSignal): Promise<RunEvent | null> => {
    const { context, run, exchange } = sending
    const { path, kind, id } = exchange
    const sendable = sendableOf(context, run, exchange, clock.now())
    const { request, timeoutMs, maxBodyBytes, conditional } = sendable
    const release = await budget.enter(new URL(request.url).origin, signal)
    if (signal.aborted) release?.()
    signal.throwIfAborted()
    // From here on it may have been sent: the token is good for no other time.
    const isFirst = tokens.delete(token)
    if (release === null) return null
    if (!isFirst && kind === 'rest') {
      release()
      return lost(sending)
    }
    const sent = await transport.send(request, { timeoutMs, maxBodyBytes, signal }).finally(release)
    signal.throwIfAborted()
    const now = clock.now()
    return kind === 'notice'
      ? { kind: 'notified', path, id, failure: failureOf(sent.result), now }
      : { kind: 'answered', path, attempt: { ...sent, conditional }, random: random(), now }
  }
  const lost = ({ context, run, exchange }: Sending): RunEvent => {
    const { isSafe } = unknownExchanges(context, run).find(({ key }) => key === exchange.key) ?? UNSAFE
    return { kind: 'lost', path: exchange.path, sendAgain: isSafe, now: clock.now() }
  }
  return {
    begin(): string {
      const token = newId()
      tokens.add(token)
      return token
    },
    /** What came of it; null where there was no room at the origin, and nothing was sent. */
    async carryOut(sending: Sending, token: string, signal: AbortSignal): Promise<RunEvent | null> {
      const { path, kind, id, dueAt } = sending.exchange
      if (!tokens.has(token) && kind === 'rest') return lost(sending)
      try {
        if (dueAt > clock.now()) await clock.sleepUntil(dueAt, signal)
        return await send(sending, token, signal)
      } catch (error) {
        if (!(error instanceof BideError) || kind !== 'notice') throw error
        const failure = `A notification could not be sent: ${error.message}.`
        return { kind: 'notified', path, id, failure, now: clock.now() }
      }
    },
  }
}

const UNSAFE = { isSafe: false }
