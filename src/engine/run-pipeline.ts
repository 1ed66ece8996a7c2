import type { HttpResponse } from '../core/attempt.ts'
import { BideError } from '../core/errors.ts'
import { type LedgerEntry, wholeResponse } from '../core/poll.ts'
import { type Exchange, pendingExchanges, runAt, sendableOf } from '../pipeline/exchanges.ts'
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
  /** Called once, with how events get in from outside. */
  readonly onReady?: (dispatch: Dispatch) => void
  /** Waits for leave to send to an origin; what it gives is called when that is over. At once by default. */
  readonly takeTurn?: (origin: string) => Promise<() => void>
  /** The run is given back as it stands once nothing is in flight, and nothing is due within so long. Never by default. */
  readonly parkMs?: number
  /** When it is aborted, the run is given back as it was kept last, whatever is in flight. */
  readonly abandon?: AbortSignal
}

/** Resolves with true once what came of it is kept; with false where the run is driven no more. */
export type Dispatch = (event: RunEvent) => Promise<boolean>

export interface DriverStep {
  readonly run: RunState
  /** Where a Poll task has made an attempt. */
  readonly attempt: MadeByTask | null
}

/** An attempt of a Poll task, with what came back. */
export interface MadeByTask {
  readonly path: readonly string[]
  readonly entry: LedgerEntry
  /** The line of the attempt before; null for the first. */
  readonly before: LedgerEntry | null
  /** Null where nothing whole came back. */
  readonly response: HttpResponse | null
}

interface Incoming {
  readonly event: RunEvent
  /** Called when the new state has been kept, or never will be. */
  readonly answer: (isKept: boolean) => void
}

/** Drives a run in this process from any state until it has ended and its notifications are out. */
export async function runPipeline(
  context: RunContext,
  from: RunState,
  options: RunPipelineOptions,
): Promise<RunState> {
  const { effects, signal, onStep, parkMs = null, abandon } = options
  const { takeTurn = async () => () => {} } = options
  let run = from
  const inbox = createInbox<Incoming>()
  const inFlight = new Map<string, AbortController>()
  const sending = new Set<string>()
  const dispatch: Dispatch = (event) => new Promise((answer) => inbox.put({ event, answer }) || answer(false))
  const driver: Driver = { context, effects, dispatch, sending, takeTurn, current: () => run }
  const begin = (exchange: Exchange) => {
    const abort = new AbortController()
    inFlight.set(exchange.key, abort)
    carryOut(driver, exchange, abort.signal).catch(inbox.fail)
  }
  const isParked = (pending: readonly Exchange[]) =>
    parkMs !== null &&
    sending.size === 0 &&
    inbox.isEmpty() &&
    pending.every(({ dueAt }) => dueAt > effects.clock.now() + parkMs)
  const cancel = () => {
    const by = typeof signal.reason === 'string' ? signal.reason : 'by the caller'
    void dispatch({ kind: 'cancel', by, now: effects.clock.now() })
  }
  if (signal.aborted) cancel()
  else signal.addEventListener('abort', cancel, { once: true })
  const stop = () => inbox.end()
  if (abandon?.aborted) stop()
  else abandon?.addEventListener('abort', stop, { once: true })
  options.onReady?.(dispatch)

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
      if (isParked([...pending.values()])) return run
      const incoming = await inbox.take()
      if (incoming === null) return run
      const { event, answer } = incoming
      const step = advanceRun(context, run, event)
      const attempt = madeByTask(run, event, step.entry)
      run = step.run
      await onStep?.({ run, attempt })
      answer(true)
    }
  } finally {
    signal.removeEventListener('abort', cancel)
    abandon?.removeEventListener('abort', stop)
    for (const { answer } of inbox.end()) answer(false)
    for (const abort of inFlight.values()) abort.abort()
  }
}

/** `run` is as it was before. */
function madeByTask(run: RunState, event: RunEvent, entry: LedgerEntry | null): MadeByTask | null {
  if (entry === null || event.kind !== 'answered') return null
  const work = runAt(run, event.path)?.tasks[event.path.at(-1) as string]?.work
  if (work?.kind !== 'poll') return null
  const response = wholeResponse(work.state, event.attempt)
  return { path: event.path, entry, before: work.last, response }
}

interface Driver {
  readonly context: RunContext
  readonly effects: RunPipelineOptions['effects']
  readonly dispatch: Dispatch
  /** Exchanges that wait for their turn, or are on the wire. */
  readonly sending: Set<string>
  readonly takeTurn: (origin: string) => Promise<() => void>
  readonly current: () => RunState
}

/** Waits until an exchange is due and its turn has come, carries it out, and says what came of it. */
async function carryOut(driver: Driver, exchange: Exchange, signal: AbortSignal): Promise<void> {
  const { context, effects, sending, takeTurn, current } = driver
  const { clock } = effects
  if (exchange.dueAt > clock.now()) await clock.sleepUntil(exchange.dueAt, signal).catch(() => {})
  if (signal.aborted) return
  sending.add(exchange.key)
  let endTurn = () => {}
  try {
    const { request } = sendableOf(context, current(), exchange, clock.now())
    endTurn = await takeTurn(new URL(request.url).origin)
    if (!signal.aborted) await send(driver, exchange, signal)
  } catch (error) {
    if (!(error instanceof BideError) || exchange.kind !== 'notice') throw error
    await notified(driver, exchange, `A notification could not be sent: ${error.message}.`)
  } finally {
    endTurn()
    sending.delete(exchange.key)
  }
}

/** A turn ends once what came of it is kept: a server that stops lets it come so far. */
async function send(driver: Driver, exchange: Exchange, signal: AbortSignal): Promise<void> {
  const { context, effects, dispatch, current } = driver
  const { clock, transport, random } = effects
  const { path, kind } = exchange
  if (kind === 'rest') await dispatch({ kind: 'sending', path, now: clock.now() })
  if (signal.aborted) return
  const sendable = sendableOf(context, current(), exchange, clock.now())
  const { request, timeoutMs, maxBodyBytes, conditional } = sendable
  const sent = await transport.send(request, { timeoutMs, maxBodyBytes, signal })
  if (signal.aborted) return
  if (kind === 'notice') await notified(driver, exchange, failureOf(sent.result))
  else {
    const attempt = { ...sent, conditional }
    await dispatch({ kind: 'answered', path, attempt, random: random(), now: clock.now() })
  }
}

async function notified({ dispatch, effects }: Driver, { path, id }: Exchange, failure: string | null) {
  await dispatch({ kind: 'notified', path, id, failure, now: effects.clock.now() })
}

type AttemptResult = Awaited<ReturnType<Effects['transport']['send']>>['result']

/** What is noted of a notification that did not arrive; null where it did. */
export function failureOf(result: AttemptResult): string | null {
  if (result.kind === 'failure') return `A notification failed: ${result.failure.message}.`
  const { code } = result.response
  return code >= 200 && code <= 299 ? null : `A notification was answered with ${code}.`
}

/** Hands values from many writers to one reader, in order. */
function createInbox<T>() {
  const waiting: T[] = []
  let isEnded = false
  let wake: (() => void) | null = null
  let failure: { readonly error: unknown } | null = null
  const ring = () => {
    wake?.()
    wake = null
  }
  return {
    /** False where nobody takes it any more. */
    put(item: T): boolean {
      if (isEnded) return false
      waiting.push(item)
      ring()
      return true
    },
    fail(error: unknown) {
      failure ??= { error }
      ring()
    },
    isEmpty: () => waiting.length === 0 && failure === null,
    /** Takes nothing more in; gives what has not been handed over, which still can be. */
    end(): readonly T[] {
      isEnded = true
      ring()
      return waiting
    },
    /** Null once it has ended, and all has been handed over. */
    async take(): Promise<T | null> {
      for (;;) {
        if (failure) throw failure.error
        const item = waiting.shift()
        if (item !== undefined) return item
        if (isEnded) return null
        await new Promise<void>((resolve) => {
          wake = resolve
        })
      }
    },
  }
}
