import type { ObjectContext, ObjectSharedContext, TypedState } from '@restatedev/restate-sdk'
import { parseJson } from '../../core/json.ts'
import { withUnknownSettled } from '../../pipeline/exchanges.ts'
import { advanceRun, type RunEvent, startRun } from '../../pipeline/run.ts'
import { isEnded } from '../../pipeline/run-state.ts'
import { pipelineOf, type RunContext } from '../../pipeline/scope.ts'
import { changesOf } from '../embedded/execution-drivers.ts'
import { MOST_EVENTS } from '../embedded/fold.ts'
import type { Happening } from '../embedded/keeper.ts'
import type { ExecutionCommand } from '../executions.ts'
import { MOVED_AWAY, MOVED_HERE } from '../moved-run.ts'
import { CROWDED_PAUSE_MS } from './budget.ts'
import { equalFlights } from './execution-flights.ts'
import {
  createContexts,
  type ExecutionAdoption,
  type ExecutionBeginning,
  type ExecutionRecord,
  executionCard,
  openExecution,
  pendingExchange,
  sealExecution,
  sealSources,
} from './execution-record.ts'
import { CARD, EXECUTIONS, eventKey, PIPELINES, RECORD, SOURCES } from './names.ts'
import type { Admission } from './pipeline-gate.ts'
import type { Begun, Obeyed } from './poll-object.ts'
import type { RestateSdk } from './restate-sdk.ts'
import { createSender } from './sender.ts'
import { countsOfMoved, eventText, keptEvents, NO_EVENTS, withHappenings } from './slotted-events.ts'
import { handlingOf, PRIVATE, type WorkerParts } from './worker-parts.ts'

export interface ExecutionOrder {
  /** `hold`: it moves elsewhere. */
  readonly command: ExecutionCommand | 'hold'
  readonly by: string
  readonly now: number
}

export interface BegunExecution extends Begun {
  /** From 1, per pipeline. */
  readonly index: number
}

type Context = ObjectContext<TypedState>
type AnyContext = Context | ObjectSharedContext<TypedState>

/** Something that happens to the run on account of one of its exchanges. */
interface Came {
  readonly key: string
  readonly event: RunEvent
}

/**
 * An execution as a virtual object of Restate: what happens to it comes as messages, one at a time. What it waits for
 * is carried out beside it, an invocation for each exchange, so that the tasks of a step go side by side.
 */
export function executionObject(sdk: RestateSdk, parts: WorkerParts) {
  const { sealer, keepMs, effects } = parts
  const { binary } = sdk.serde
  const contexts = createContexts(sealer)
  const sender = createSender(parts)

  const load = async (ctx: AnyContext): Promise<ExecutionRecord | null> => {
    const sealed = await ctx.get<Uint8Array>(RECORD, binary)
    return sealed && openExecution(sealer, sealed, ctx.key)
  }
  const contextOf = async (ctx: AnyContext): Promise<RunContext> => {
    const { context, unfit } = contexts(ctx.key, (await ctx.get<Uint8Array>(SOURCES, binary)) as Uint8Array)
    // Restate tries again, until a worker comes by which it fits.
    if (unfit !== null) throw unfit
    return context
  }
  const sealed = (ctx: AnyContext, method: string, value: unknown) =>
    // The same at a replay: Restate compares what is asked of it with what was asked before.
    sealer.sealSame(JSON.stringify(value), `${method} ${ctx.key}`)
  const opened = <T>(ctx: AnyContext, method: string, bytes: Uint8Array): T =>
    JSON.parse(sealer.open(bytes, `${method} ${ctx.key}`)) as T
  const self = (ctx: AnyContext, method: string, value: unknown, delayMs = 0) =>
    ctx.genericSend({
      service: EXECUTIONS,
      method,
      key: ctx.key,
      parameter: sealed(ctx, method, value),
      inputSerde: binary,
      ...(delayMs > 0 && { delay: delayMs }),
    })
  const text = (ctx: Context, key: string, value: string) =>
    ctx.set(key, Buffer.from(value) as Uint8Array, binary)

  interface Change {
    readonly before: ExecutionRecord | null
    readonly after: ExecutionRecord
    readonly happenings: readonly Happening[]
    readonly now: number
    readonly over?: string
  }
  /** Keeps an execution and what happened to it, and has what it waits for carried out. */
  const keep = async (ctx: Context, { before, after, happenings, now, over = '' }: Change) => {
    const deck = {
      begin: (key: string, delayMs: number) => self(ctx, 'exchange', key, delayMs).invocationId,
      breakOff: ctx.cancel.bind(ctx),
    }
    const { record: next, events } = withHappenings(after, happenings, now)
    const write = (record: ExecutionRecord) => ctx.set(RECORD, sealExecution(sealer, record), binary)
    // Before anything is begun for it, since that looks here for what it is about; and again with what was begun.
    write(next)
    const flights = await equalFlights(next, deck, { now, over })
    const record = { ...next, flights }
    if (JSON.stringify(flights) !== JSON.stringify(next.flights)) write(record)
    for (const { slot, event } of events) text(ctx, eventKey(slot), eventText(event))
    const card = executionCard(record)
    if (before === null || executionCard(before) !== card) text(ctx, CARD, card)
    if (isEnded(record.run.status) && !(before && isEnded(before.run.status))) atEnd(ctx, record)
  }
  const atEnd = (ctx: Context, { run }: ExecutionRecord) => {
    ctx.genericSend({
      service: PIPELINES,
      method: 'leave',
      key: run.pipeline,
      parameter: Buffer.from(JSON.stringify(ctx.key)) as Uint8Array,
      inputSerde: binary,
    })
    self(ctx, 'forget', null, keepMs)
  }
  /** The execution after an event, kept; null where there is none. */
  const happen = async (ctx: Context, event: RunEvent, over?: string): Promise<ExecutionRecord | null> => {
    const before = await load(ctx)
    if (before === null) return null
    const exchange = over === undefined ? undefined : pendingExchange(before.run, over)
    // What was asked before the run was held, and is asked again elsewhere, counts there.
    if (exchange === null || (before.isHeld && exchange !== undefined && exchange.kind !== 'rest'))
      return null
    const { run, entry } = advanceRun(await contextOf(ctx), before.run, event)
    const changes = changesOf(before.run, run)
    const folds = changes.length === 0 && keptEvents(before) >= MOST_EVENTS
    const attempted =
      entry === null || !('path' in event)
        ? []
        : [{ kind: 'attempt', data: { path: event.path, entry }, folds }]
    const after = { ...before, run }
    const isOver = over !== undefined && event.kind !== 'sending'
    const happenings = [...attempted, ...changes]
    await keep(ctx, { before, after, happenings, now: event.now, ...(isOver && { over }) })
    return after
  }

  const begin = async (ctx: Context, beginning: ExecutionBeginning): Promise<BegunExecution> => {
    const known = await load(ctx)
    if (known !== null) return { kind: 'known', index: known.run.executionIndex }
    const { sources, requestBy, comments, startedAt: now, ...about } = beginning
    ctx.set(SOURCES, sealSources(sealer, sources, ctx.key), binary)
    const { pipeline, input } = sources
    const context = await contextOf(ctx)
    const { concurrency } = pipelineOf(context, pipeline)
    const { index, isAdmitted } = await admission(ctx, pipeline, concurrency)
    const start = { pipeline, executionId: ctx.key, executionIndex: index, input, requestBy, comments }
    const run = startRun(context, { ...start, isQueued: !isAdmitted, now })
    const data = { executionIndex: index, requestBy, status: run.status }
    const happenings = [{ kind: 'started', data }, ...changesOf(null, run)]
    await keep(ctx, { before: null, after: { ...about, ...NO_EVENTS, run, flights: {} }, happenings, now })
    return { kind: 'begun', index }
  }
  const admission = async (ctx: Context, pipeline: string, concurrency: number): Promise<Admission> => {
    const answer = await ctx.genericCall<Uint8Array, Uint8Array>({
      service: PIPELINES,
      method: 'enter',
      key: pipeline,
      parameter: Buffer.from(JSON.stringify({ id: ctx.key, concurrency })) as Uint8Array,
      inputSerde: binary,
      outputSerde: binary,
    })
    return JSON.parse(Buffer.from(answer).toString()) as Admission
  }

  /** Takes in an execution that was elsewhere before: it has its number and its place already. */
  const adopt = async (ctx: Context, { execution, place, now }: ExecutionAdoption): Promise<Begun> => {
    if ((await load(ctx)) !== null) return { kind: 'known' }
    const { id, sources, events } = execution
    ctx.set(SOURCES, sealSources(sealer, sources, ctx.key), binary)
    const context = await contextOf(ctx)
    // Where it comes from, its definition may not have fitted, so that nobody there could say what was on the wire.
    const run = withUnknownSettled(context, execution.run, now)
    const { concurrency } = pipelineOf(context, run.pipeline)
    const entered = { id, index: run.executionIndex, isQueued: run.status === 'QUEUED', concurrency }
    ctx.genericSend({
      service: PIPELINES,
      method: 'adopt',
      key: run.pipeline,
      parameter: Buffer.from(JSON.stringify(entered)) as Uint8Array,
      inputSerde: binary,
    })
    for (const [index, event] of events.entries()) text(ctx, eventKey(index + 1), eventText(event))
    const after = { id, digest: id, place, run, flights: {}, ...countsOfMoved(execution) }
    const happenings = [{ kind: MOVED_HERE, data: {} }, ...changesOf(execution.run, run)]
    await keep(ctx, { before: null, after, happenings, now })
    return { kind: 'begun' }
  }

  const exchange = async (ctx: ObjectSharedContext<TypedState>, key: string): Promise<void> => {
    const record = await load(ctx)
    const found = record && pendingExchange(record.run, key)
    if (record === null || found === null) return
    const context = await contextOf(ctx)
    const controller = new AbortController()
    ctx.request().attemptCompletedSignal.addEventListener('abort', () => controller.abort())
    try {
      if (found.kind === 'rest') await mark(ctx, { key, path: found.path })
      const run = found.kind === 'rest' ? ((await load(ctx))?.run ?? record.run) : record.run
      for (;;) {
        const token = await ctx.run('token', () => sender.begin())
        const carryOut = async () => {
          const event = await sender.carryOut({ context, run, exchange: found }, token, controller.signal)
          return event === null ? new Uint8Array() : sealed(ctx, 'event', event)
        }
        const came = await ctx.run('exchange', carryOut, { serde: binary })
        if (came.length > 0) return void self(ctx, 'came', { key, event: opened(ctx, 'event', came) })
        await ctx.sleep(CROWDED_PAUSE_MS)
      }
    } catch (error) {
      if (!(error instanceof sdk.CancelledError)) throw error
      controller.abort()
    }
  }
  /** A REST request is marked before it leaves, so that none is sent twice unasked. */
  const mark = async (
    ctx: ObjectSharedContext<TypedState>,
    { key, path }: { key: string; path: readonly string[] },
  ) => {
    const now = await ctx.run('now', () => effects.clock.now())
    const parameter = sealed(ctx, 'sending', { key, event: { kind: 'sending', path, now } } satisfies Came)
    await ctx.genericCall({
      service: EXECUTIONS,
      method: 'sending',
      key: ctx.key,
      parameter,
      inputSerde: binary,
      outputSerde: binary,
    })
  }

  const obey = async (ctx: Context, { command, by, now }: ExecutionOrder): Promise<Obeyed> => {
    const record = await load(ctx)
    if (record === null) return { kind: 'unknown' }
    const { status } = record.run
    if (!isEnded(status) && (command === 'hold' || (command === 'resume' && record.isHeld))) {
      const isHeld = command === 'hold'
      const happenings = isHeld ? [{ kind: MOVED_AWAY, data: {} }] : [{ kind: 'resumed', data: { by } }]
      await keep(ctx, { before: record, after: { ...record, isHeld }, happenings, now })
      return { kind: 'done' }
    }
    if (!isEnded(status) && command !== 'hold') {
      await happen(ctx, command === 'cancel' ? { kind: 'cancel', by, now } : { kind: command, now })
      return { kind: 'done' }
    }
    return command === 'cancel' && status === 'CANCELED'
      ? { kind: 'done' }
      : { kind: 'refused', reason: `it has ended: ${status}` }
  }

  const { exclusive, shared } = sdk.handlers.object
  const taking = { input: binary }
  const hidden = { ...PRIVATE, ...taking }
  return sdk.object({
    name: EXECUTIONS,
    options: handlingOf(parts),
    handlers: {
      begin: exclusive(taking, async (ctx: Context, bytes: Uint8Array) =>
        begin(ctx, opened<ExecutionBeginning>(ctx, 'begin', bytes)),
      ),
      adopt: exclusive(taking, async (ctx: Context, bytes: Uint8Array) =>
        adopt(ctx, parseJson(sealer.open(bytes, `adopt ${ctx.key}`)) as unknown as ExecutionAdoption),
      ),
      obey: exclusive(taking, async (ctx: Context, bytes: Uint8Array) =>
        obey(ctx, opened<ExecutionOrder>(ctx, 'order', bytes)),
      ),
      admitted: exclusive(hidden, async (ctx: Context, _: Uint8Array): Promise<void> => {
        const now = await ctx.run('now', () => effects.clock.now())
        await happen(ctx, { kind: 'begin', now })
      }),
      exchange: shared(hidden, async (ctx: ObjectSharedContext<TypedState>, bytes: Uint8Array) =>
        exchange(ctx, opened<string>(ctx, 'exchange', bytes)),
      ),
      sending: exclusive(hidden, async (ctx: Context, bytes: Uint8Array): Promise<void> => {
        const { key, event } = opened<Came>(ctx, 'sending', bytes)
        await happen(ctx, event, key)
      }),
      came: exclusive(hidden, async (ctx: Context, bytes: Uint8Array): Promise<void> => {
        const { key, event } = opened<Came>(ctx, 'came', bytes)
        await happen(ctx, event, key)
      }),
      forget: exclusive(hidden, async (ctx: Context, _: Uint8Array): Promise<void> => ctx.clearAll()),
    },
  })
}
