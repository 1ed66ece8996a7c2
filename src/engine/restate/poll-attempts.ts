import type { InvocationId, ObjectContext, RestatePromise, TypedState } from '@restatedev/restate-sdk'
import { isFoldable } from '../embedded/fold.ts'
import { endedHappening, type Happening } from '../embedded/keeper.ts'
import { taskRedactor } from '../embedded/mask.ts'
import { maskedEntry } from '../embedded/poll-view.ts'
import { type CancelledStep, nextStep, type PollStep } from '../run-poll.ts'
import { CROWDED_PAUSE_MS } from './budget.ts'
import { HOLDER } from './names.ts'
import { appointmentOf, changeOf, type Follows, type PollChange, packed, unpacked } from './poll-change.ts'
import { openRecord, type PollRecord } from './poll-record.ts'
import type { PollShelf } from './poll-shelf.ts'
import type { RestateSdk } from './restate-sdk.ts'
import type { WorkerParts } from './worker-parts.ts'

type Context = ObjectContext<TypedState>

/** Whoever makes an attempt stays with the poll for those that are due so soon, and is gone then: a version of the workers is drained in that time. */
const HOLD_WITHIN_MS = 10_000
/** All that was done while it stayed is done over where its worker dies. */
const MOST_HELD_ATTEMPTS = 50

/** The signal by which a poll that is held is let go, so that a command comes to its turn. */
export const LET_GO = 'let go'

/** Why an attempt is broken off. One for all: an error is dear. */
const OVER = new Error('the attempt is over')

/** Makes attempts of a poll, each as one journaled step whose outcome is word for word what is then written. */
export function pollAttempts(sdk: RestateSdk, parts: WorkerParts, shelf: PollShelf) {
  const { sealer, effects, criteriaOf, budget, holding } = parts
  const { clock } = effects

  /** The poll after an attempt, or null where there was no room at its origin. */
  const make = async (record: PollRecord, signal: AbortSignal): Promise<PollChange | null> => {
    const { task, state } = record
    if (state.kind === 'done') return null
    const release = await budget.enter(new URL(task.url).origin, signal)
    if (release === null) return null
    try {
      const compiled = { task, criteria: await criteriaOf(task) }
      const step = await nextStep(compiled, state, { effects, signal })
      // What was broken off is no attempt: who broke it off says what follows.
      signal.throwIfAborted()
      const after = { ...record, state: step.state, turn: record.turn + 1 }
      return changeOf({ before: record, after, happenings: happeningsOf(record, step), now: clock.now() })
    } finally {
      release()
    }
  }
  /** False where a command waits. */
  const hold = async (ctx: Context, at: number, letGo: RestatePromise<unknown>): Promise<boolean> => {
    const end = holding.begin()
    const isDue = ctx.sleep(Math.max(1, at - clock.now())).map(() => true)
    return sdk.RestatePromise.race([isDue, letGo.map(() => false)]).finally(end)
  }

  const carryOn = async (ctx: Context, first: PollRecord): Promise<void> => {
    const controller = new AbortController()
    ctx.request().attemptCompletedSignal.addEventListener('abort', () => controller.abort(OVER))
    const until = clock.now() + HOLD_WITHIN_MS
    const letGo = ctx.signal(LET_GO)
    // Before anything else: whoever has a command by then is to find out who stays.
    if (isHeldEver(first)) shelf.text(ctx, HOLDER, ctx.request().id)
    let record = first
    try {
      for (let made = 1; ; made++) {
        let fresh: PollRecord | null = null
        const attempt = async (): Promise<Uint8Array> => {
          const change = await make(record, controller.signal)
          if (change === null) return new Uint8Array()
          fresh = change.record
          const stays = isHeldEver(record) && made < MOST_HELD_ATTEMPTS && holding.hasRoom()
          const follows = stays ? held(change.writes.follows, until) : change.writes.follows
          return packed({ ...change.writes, follows }, shelf.seal(change.record))
        }
        const bytes = await ctx.run('attempt', attempt, { serde: sdk.serde.binary })
        if (bytes.length === 0) return shelf.arm(ctx, appointmentOf(record, clock.now() + CROWDED_PAUSE_MS))
        const { writes, sealed } = unpacked(bytes)
        shelf.write(ctx, sealed, writes)
        const { follows } = writes
        if (follows.kind !== 'hold') return
        record = fresh ?? openRecord(sealer, sealed, ctx.key)
        if (!(await hold(ctx, follows.at, letGo))) return shelf.arm(ctx, follows)
      }
    } catch (error) {
      if (!(error instanceof sdk.CancelledError)) throw error
      // Who broke it off has an order waiting behind it; if it was somebody else, the poll must go on.
      controller.abort(OVER)
      const dueAt = record.state.kind === 'waiting' ? record.state.dueAt : 0
      shelf.arm(ctx, appointmentOf(record, Math.max(dueAt, clock.now() + CROWDED_PAUSE_MS)))
    }
  }
  return async (ctx: Context, turn: number): Promise<void> => {
    const leave = holding.enter()
    try {
      const record = await shelf.load(ctx)
      if (record === null || record.turn !== turn || record.isPaused || record.state.kind === 'done') return
      await carryOn(ctx, record)
    } finally {
      leave()
    }
  }
}

/** Has whoever carries a poll on let it go; nothing where nobody holds it. */
export async function letGo(
  ctx: Pick<Context, 'get' | 'invocation'>,
  { serde }: Pick<RestateSdk, 'serde'>,
): Promise<void> {
  const holder = await ctx.get<Uint8Array>(HOLDER, serde.binary)
  if (holder !== null)
    ctx
      .invocation(Buffer.from(holder).toString() as InvocationId)
      .signal(LET_GO)
      .resolve()
}

function isHeldEver({ task }: PollRecord): boolean {
  return task.pollIntervalSeconds * 1000 < HOLD_WITHIN_MS
}

function held(follows: Follows, until: number): Follows {
  return follows.kind === 'attempt' && follows.at <= until ? { ...follows, kind: 'hold' } : follows
}

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
