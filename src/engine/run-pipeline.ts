import { BideError } from '../core/errors.ts'
import type { LedgerEntry } from '../core/poll.ts'
import { type Exchange, pendingExchanges, sendableOf } from '../pipeline/exchanges.ts'
import { advanceRun, type RunEvent } from '../pipeline/run.ts'
import { isEnded, type RunState } from '../pipeline/run-state.ts'
import type { RunContext } from '../pipeline/scope.ts'
import type { Effects } from './effects.ts'

export interface RunPipelineOptions {
  readonly effects: Pick<Effects, 'clock' | 'random' | 'transport'>
  /** Aborting it cancels the run; a string as its reason is said in the message. */
  readonly signal: AbortSignal
  /** Called with every new state, and awaited before anything is sent for it: what it keeps, survives. */
  readonly onStep?: (step: DriverStep) => void | Promise<void>
}

export interface DriverStep {
  readonly run: RunState
  /** Where a Poll task has made an attempt. */
  readonly attempt: { readonly path: readonly string[]; readonly entry: LedgerEntry } | null
}

interface Incoming {
  readonly event: RunEvent
  /** Called when the new state has been kept. */
  readonly kept: () => void
}

/** Drives a run in this process from any state until it has ended and its notifications are out. */
export async function runPipeline(
  context: RunContext,
  from: RunState,
  { effects, signal, onStep }: RunPipelineOptions,
): Promise<RunState> {
  let run = from
  const inbox = createInbox<Incoming>()
  const inFlight = new Map<string, AbortController>()
  const dispatch = (event: RunEvent) => new Promise<void>((kept) => inbox.put({ event, kept }))
  const begin = (exchange: Exchange) => {
    const abort = new AbortController()
    inFlight.set(exchange.key, abort)
    carryOut({ context, effects, dispatch, current: () => run }, exchange, abort.signal).catch(inbox.fail)
  }
  const cancel = () => {
    const by = typeof signal.reason === 'string' ? signal.reason : 'by the caller'
    void dispatch({ kind: 'cancel', by, now: effects.clock.now() })
  }
  if (signal.aborted) cancel()
  else signal.addEventListener('abort', cancel, { once: true })

  try {
    await onStep?.({ run, attempt: null })
    for (;;) {
      const pending = new Map(pendingExchanges(run).map((exchange) => [exchange.key, exchange]))
      for (const [key, abort] of inFlight) {
        if (!pending.has(key)) abort.abort()
        if (!pending.has(key)) inFlight.delete(key)
      }
      for (const [key, exchange] of pending) if (!inFlight.has(key)) begin(exchange)
      if (pending.size === 0 && isEnded(run.status)) return run
      const { event, kept } = await inbox.take()
      const step = advanceRun(context, run, event)
      run = step.run
      const attempt = step.entry && 'path' in event ? { path: event.path, entry: step.entry } : null
      await onStep?.({ run, attempt })
      kept()
    }
  } finally {
    signal.removeEventListener('abort', cancel)
    for (const abort of inFlight.values()) abort.abort()
  }
}

interface Driver {
  readonly context: RunContext
  readonly effects: RunPipelineOptions['effects']
  readonly dispatch: (event: RunEvent) => Promise<void>
  readonly current: () => RunState
}

/** Waits until an exchange is due, carries it out, and says what came of it. */
async function carryOut(driver: Driver, exchange: Exchange, signal: AbortSignal): Promise<void> {
  const { context, effects, dispatch, current } = driver
  const { clock, transport, random } = effects
  const { path, kind, id } = exchange
  if (exchange.dueAt > clock.now()) await clock.sleepUntil(exchange.dueAt, signal).catch(() => {})
  if (signal.aborted) return
  if (kind === 'rest') await dispatch({ kind: 'sending', path, now: clock.now() })
  if (signal.aborted) return
  try {
    const { request, timeoutMs, maxBodyBytes, conditional } = sendableOf(
      context,
      current(),
      exchange,
      clock.now(),
    )
    const sent = await transport.send(request, { timeoutMs, maxBodyBytes, signal })
    if (signal.aborted) return
    const attempt = { ...sent, conditional }
    if (kind !== 'notice')
      await dispatch({ kind: 'answered', path, attempt, random: random(), now: clock.now() })
    else await dispatch({ kind: 'notified', path, id, failure: failureOf(attempt.result), now: clock.now() })
  } catch (error) {
    if (!(error instanceof BideError) || kind !== 'notice') throw error
    const failure = `A notification could not be sent: ${error.message}.`
    await dispatch({ kind: 'notified', path, id, failure, now: clock.now() })
  }
}

type AttemptResult = Awaited<ReturnType<Effects['transport']['send']>>['result']

function failureOf(result: AttemptResult): string | null {
  if (result.kind === 'failure') return `A notification failed: ${result.failure.message}.`
  const { code } = result.response
  return code >= 200 && code <= 299 ? null : `A notification was answered with ${code}.`
}

/** Hands values from many writers to one reader, in order. */
function createInbox<T>() {
  const waiting: T[] = []
  let wake: (() => void) | null = null
  let failure: { readonly error: unknown } | null = null
  const ring = () => {
    wake?.()
    wake = null
  }
  return {
    put(item: T) {
      waiting.push(item)
      ring()
    },
    fail(error: unknown) {
      failure ??= { error }
      ring()
    },
    async take(): Promise<T> {
      for (;;) {
        if (failure) throw failure.error
        const item = waiting.shift()
        if (item !== undefined) return item
        await new Promise<void>((resolve) => {
          wake = resolve
        })
      }
    },
  }
}
