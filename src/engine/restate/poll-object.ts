import type { ObjectContext, TypedState } from '@restatedev/restate-sdk'
import { InvalidTaskError } from '../../core/errors.ts'
import { cancel, type WaitingPoll } from '../../core/poll.ts'
import { revise } from '../../core/revise.ts'
import { isFoldable } from '../embedded/fold.ts'
import { endedHappening, type Happening } from '../embedded/keeper.ts'
import { taskRedactor } from '../embedded/mask.ts'
import { maskedEntry } from '../embedded/poll-view.ts'
import { changedTask } from '../embedded/revisions.ts'
import type { PollChanges, PollCommand } from '../engine.ts'
import { type CancelledStep, nextStep, type PollStep } from '../run-poll.ts'
import { CARD, eventKey, POLLS, RECORD } from './names.ts'
import {
  beginRecord,
  openRecord,
  type PollBeginning,
  type PollRecord,
  pollCard,
  sealRecord,
} from './poll-record.ts'
import type { RestateSdk } from './restate-sdk.ts'
import { eventText, keptEvents, withHappenings } from './slotted-events.ts'
import { handlingOf, PRIVATE, type WorkerParts } from './worker-parts.ts'

/** What came of `begin`: `known` where that poll was there before. */
export interface Begun {
  readonly kind: 'begun' | 'known'
}

interface Order {
  readonly by: string
  /** Epoch ms of who commands. */
  readonly now: number
}

export type PollOrder = Order &
  (
    | { readonly command: PollCommand }
    | { readonly command: 'revise'; readonly changes: PollChanges; readonly random: number }
  )

export type Obeyed =
  | { readonly kind: 'done' }
  | { readonly kind: 'unknown' }
  | { readonly kind: 'refused'; readonly reason: string }

type Context = ObjectContext<TypedState>

/** Where all room at an origin is taken, the attempt comes again after this long. */
const CROWDED_PAUSE_MS = 1000

/**
 * A poll as a virtual object of Restate: its state is there, each attempt is one journaled step, and the wait for the
 * next one is a message to itself that is delivered later. A wait belongs to no version of the program: whichever is
 * newest when it is over makes the attempt.
 */
export function pollObject(sdk: RestateSdk, parts: WorkerParts) {
  const { sealer, effects, criteriaOf, budget, keepMs } = parts
  const { binary } = sdk.serde
  const bytes = { input: binary }

  const load = async (ctx: Context): Promise<PollRecord | null> => {
    const sealed = await ctx.get<Uint8Array>(RECORD, binary)
    return sealed && openRecord(sealer, sealed, ctx.key)
  }
  const text = (ctx: Context, key: string, value: string) =>
    ctx.set(key, Buffer.from(value) as Uint8Array, binary)

  /** Keeps a poll and what happened to it, and arms what follows. */
  const keep = (
    ctx: Context,
    changed: { before: PollRecord | null; after: PollRecord; happenings: readonly Happening[]; now: number },
  ) => {
    const { before, now } = changed
    const { record, events } = withHappenings(changed.after, changed.happenings, now)
    ctx.set(RECORD, sealRecord(sealer, record), binary)
    for (const { slot, event } of events) text(ctx, eventKey(slot), eventText(event))
    const card = pollCard(record)
    if (before === null || pollCard(before) !== card) text(ctx, CARD, card)
    if (record.state.kind === 'done') self(ctx, 'forget', null, keepMs)
    else if (!record.isPaused && record.turn !== before?.turn)
      self(ctx, attemptHandler(record), record.turn, record.state.dueAt - now)
  }
  const self = (ctx: Context, method: string, parameter: number | null, delay: number) =>
    ctx.genericSend({
      service: POLLS,
      method,
      key: ctx.key,
      parameter: Buffer.from(JSON.stringify(parameter)) as Uint8Array,
      inputSerde: binary,
      ...(delay > 0 && { delay }),
    })

  const attempt = async (ctx: Context, turn: number): Promise<void> => {
    const record = await load(ctx)
    if (record === null || record.turn !== turn || record.isPaused || record.state.kind === 'done') return
    const { task, state } = record
    const controller = new AbortController()
    ctx.request().attemptCompletedSignal.addEventListener('abort', () => controller.abort())
    const make = async (): Promise<Uint8Array> => {
      const release = await budget.enter(new URL(task.url).origin, controller.signal)
      if (release === null) return new Uint8Array()
      try {
        const compiled = { task, criteria: await criteriaOf(task) }
        const step = await nextStep(compiled, state, { effects, signal: controller.signal })
        // What was broken off is no attempt: who broke it off says what follows.
        controller.signal.throwIfAborted()
        return sealer.seal(JSON.stringify({ step, now: effects.clock.now() }), `step ${ctx.key}`)
      } finally {
        release()
      }
    }
    try {
      const made = await ctx.run('attempt', make, { serde: binary })
      if (made.length === 0) return void self(ctx, attemptHandler(record), turn, CROWDED_PAUSE_MS)
      const { step, now } = JSON.parse(sealer.open(made, `step ${ctx.key}`)) as {
        step: PollStep | CancelledStep
        now: number
      }
      const after = { ...record, state: step.state, turn: turn + 1 }
      keep(ctx, { before: record, after, happenings: happeningsOf(record, step), now })
    } catch (error) {
      if (!(error instanceof sdk.CancelledError)) throw error
      // Who broke it off has an order waiting behind it; if it was somebody else, the poll must go on.
      controller.abort()
      self(ctx, attemptHandler(record), turn, CROWDED_PAUSE_MS)
    }
  }

  const obey = async (ctx: Context, order: PollOrder): Promise<Obeyed> => {
    const { command, now } = order
    const record = await load(ctx)
    if (record === null) return { kind: 'unknown' }
    const { state } = record
    if (state.kind === 'done') {
      if (command === 'cancel' && state.outcome === 'cancelled') return { kind: 'done' }
      return { kind: 'refused', reason: `it has ended: ${state.outcome}` }
    }
    const obeyed =
      order.command === 'revise'
        ? revised(record, state, order)
        : await obeyings[order.command](record, state, order)
    if ('refused' in obeyed) return { kind: 'refused', reason: obeyed.refused }
    if (obeyed.happenings.length > 0) keep(ctx, { before: record, ...obeyed, now })
    return { kind: 'done' }
  }
  const obeyings = {
    async cancel(record: PollRecord, state: WaitingPoll, said: { by: string; now: number }) {
      const ended = cancel({ task: record.task, criteria: await criteriaOf(record.task) }, state, said)
      const message = taskRedactor(record.task).text(ended.message)
      return {
        after: { ...record, state: ended, turn: record.turn + 1 },
        happenings: [endedHappening(ended, message)],
      }
    },
    pause: (record: PollRecord, _: WaitingPoll, { by }: { by: string }) => ({
      after: { ...record, isPaused: true, turn: record.turn + 1 },
      happenings: record.isPaused ? [] : [{ kind: 'paused', data: { by } }],
    }),
    resume: (record: PollRecord, _: WaitingPoll, { by }: { by: string }) => ({
      after: { ...record, isPaused: false, turn: record.turn + 1 },
      happenings: record.isPaused ? [{ kind: 'resumed', data: { by } }] : [],
    }),
    now(record: PollRecord, state: WaitingPoll, { by, now }: { by: string; now: number }) {
      if (record.isPaused) return { refused: 'it is paused: resume it first' }
      const sooner = { ...state, dueAt: Math.min(state.dueAt, now) }
      return {
        after: { ...record, state: sooner, turn: record.turn + 1 },
        happenings: [{ kind: 'asked-now', data: { by } }],
      }
    },
  }

  const { exclusive } = sdk.handlers.object
  return sdk.object({
    name: POLLS,
    options: handlingOf(parts),
    handlers: {
      begin: exclusive(bytes, async (ctx: Context, sealed: Uint8Array): Promise<Begun> => {
        const beginning = JSON.parse(sealer.open(sealed, `begin ${ctx.key}`)) as PollBeginning
        const known = await load(ctx)
        if (known !== null) return { kind: 'known' }
        const happenings = [{ kind: 'submitted', data: {} }]
        keep(ctx, { before: null, after: beginRecord(beginning), happenings, now: beginning.startedAt })
        return { kind: 'begun' }
      }),
      obey: exclusive(
        bytes,
        async (ctx: Context, sealed: Uint8Array): Promise<Obeyed> =>
          obey(ctx, JSON.parse(sealer.open(sealed, `order ${ctx.key}`)) as PollOrder),
      ),
      attempt: exclusive({ ...PRIVATE, enableLazyState: false }, attempt),
      attemptOfMany: exclusive(PRIVATE, attempt),
      forget: exclusive(PRIVATE, async (ctx: Context): Promise<void> => ctx.clearAll()),
    },
  })
}

function revised(record: PollRecord, state: WaitingPoll, order: Extract<PollOrder, { command: 'revise' }>) {
  const { task: from } = record
  const { changes, by, now, random } = order
  try {
    const task = changedTask(from, changes, state)
    const said = taskRedactor(task).json(changes)
    return {
      after: {
        ...record,
        task,
        state: revise(state, { from, to: task, now, random }),
        turn: record.turn + 1,
      },
      happenings: [{ kind: 'changed', data: { by, changes: said } }],
    }
  } catch (error) {
    // It was found to fit by who asked, before another attempt was made.
    if (error instanceof InvalidTaskError) return { refused: error.message }
    throw error
  }
}

/** The whole state along with the message spares a way there and back, as long as there is little of it. */
function attemptHandler(record: PollRecord): 'attempt' | 'attemptOfMany' {
  return keptEvents(record) > FEW_EVENTS ? 'attemptOfMany' : 'attempt'
}

const FEW_EVENTS = 20

function happeningsOf(record: PollRecord, { entry, state }: PollStep | CancelledStep): Happening[] {
  const redactor = taskRedactor(record.task)
  const { state: before } = record
  const folds =
    entry !== null &&
    state.kind === 'waiting' &&
    before.kind === 'waiting' &&
    isFoldable(before, entry, record)
  const attempted = entry === null ? [] : [{ kind: 'attempt', data: maskedEntry(entry, redactor), folds }]
  const ended = state.kind === 'done' ? [endedHappening(state, redactor.text(state.message))] : []
  return [...attempted, ...ended]
}
