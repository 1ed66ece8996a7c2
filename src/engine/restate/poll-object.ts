import type { ObjectContext, ObjectSharedContext, TypedState } from '@restatedev/restate-sdk'
import { InvalidTaskError } from '../../core/errors.ts'
import { cancel, type WaitingPoll } from '../../core/poll.ts'
import { revise } from '../../core/revise.ts'
import { endedHappening } from '../embedded/keeper.ts'
import { taskRedactor } from '../embedded/mask.ts'
import { changedTask } from '../embedded/revisions.ts'
import type { PollChanges, PollCommand } from '../engine.ts'
import { MOVED_AWAY, MOVED_HERE } from '../moved-run.ts'
import { eventKey, POLLS } from './names.ts'
import { letGo, pollAttempts } from './poll-attempts.ts'
import { type Changed, changeOf } from './poll-change.ts'
import {
  adoptedRecord,
  beginRecord,
  type PollAdoption,
  type PollBeginning,
  type PollRecord,
  sealRecord,
} from './poll-record.ts'
import { pollShelf } from './poll-shelf.ts'
import { pollWebhook } from './poll-webhook.ts'
import type { RestateSdk } from './restate-sdk.ts'
import { eventText } from './slotted-events.ts'
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
  /** `hold`: it moves elsewhere, and does nothing here from then on. */
  (
    | { readonly command: PollCommand | 'hold' }
    | { readonly command: 'revise'; readonly changes: PollChanges; readonly random: number }
  )

export type Obeyed =
  | { readonly kind: 'done' }
  | { readonly kind: 'unknown' }
  | { readonly kind: 'refused'; readonly reason: string }

type Context = ObjectContext<TypedState>

/**
 * A poll as a virtual object of Restate: its state is there, each attempt is one journaled step, and the wait for the
 * next one is a message to itself that is delivered later. A wait belongs to no version of the program: whichever is
 * newest when it is over makes the attempt.
 */
export function pollObject(sdk: RestateSdk, parts: WorkerParts) {
  const { sealer, criteriaOf } = parts
  const { binary } = sdk.serde
  const bytes = { input: binary }

  const shelf = pollShelf(sdk, parts)
  const attempt = pollAttempts(sdk, parts, shelf)

  /** Keeps a poll and what happened to it, and arms what follows. */
  const keep = (ctx: Context, changed: Changed) => {
    const { record, writes } = changeOf(changed)
    shelf.write(ctx, sealRecord(sealer, record), writes)
  }

  const obey = async (ctx: Context, order: PollOrder): Promise<Obeyed> => {
    const { command, now } = order
    const record = await shelf.load(ctx)
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
      after: { ...record, isPaused: false, isHeld: false, turn: record.turn + 1 },
      happenings: record.isPaused ? [{ kind: 'resumed', data: { by } }] : [],
    }),
    hold: (record: PollRecord) => ({
      after: { ...record, isPaused: true, isHeld: true, turn: record.turn + 1 },
      happenings: record.isHeld ? [] : [{ kind: MOVED_AWAY, data: { wasPaused: record.isPaused } }],
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

  const { exclusive, shared } = sdk.handlers.object
  return sdk.object({
    name: POLLS,
    options: handlingOf(parts),
    handlers: {
      begin: exclusive(bytes, async (ctx: Context, sealed: Uint8Array): Promise<Begun> => {
        const beginning = JSON.parse(sealer.open(sealed, `begin ${ctx.key}`)) as PollBeginning
        const known = await shelf.load(ctx)
        if (known !== null) return { kind: 'known' }
        const happenings = [{ kind: 'submitted', data: {} }]
        keep(ctx, { before: null, after: beginRecord(beginning), happenings, now: beginning.startedAt })
        return { kind: 'begun' }
      }),
      adopt: exclusive(bytes, async (ctx: Context, sealed: Uint8Array): Promise<Begun> => {
        const { poll, place, now } = JSON.parse(sealer.open(sealed, `adopt ${ctx.key}`)) as PollAdoption
        if ((await shelf.load(ctx)) !== null) return { kind: 'known' }
        for (const [index, event] of poll.events.entries())
          shelf.text(ctx, eventKey(index + 1), eventText(event))
        keep(ctx, {
          before: null,
          after: adoptedRecord(poll, place),
          happenings: [{ kind: MOVED_HERE, data: {} }],
          now,
        })
        return { kind: 'begun' }
      }),
      obey: exclusive(
        bytes,
        async (ctx: Context, sealed: Uint8Array): Promise<Obeyed> =>
          obey(ctx, JSON.parse(sealer.open(sealed, `order ${ctx.key}`)) as PollOrder),
      ),
      knock: shared(bytes, async (ctx: ObjectSharedContext<TypedState>, _: Uint8Array) => letGo(ctx, sdk)),
      attempt: exclusive({ ...PRIVATE, enableLazyState: false }, attempt),
      attemptOfMany: exclusive(PRIVATE, attempt),
      tell: shared(PRIVATE, pollWebhook(parts, shelf)),
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
