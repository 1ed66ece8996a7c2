import type { LedgerEntry, WaitingPoll } from '../../core/poll.ts'
import type { Transport } from '../effects.ts'
import { type CancelledStep, nextStep, type PollStep } from '../run-poll.ts'
import { answerOf, answerText } from './attempt-view.ts'
import type { MadeAttempt } from './embedded-engine.ts'
import { isFoldable } from './fold.ts'
import { endedHappening, type Happening } from './keeper.ts'
import { askAt, type KeptPoll } from './kept-polls.ts'
import { taskRedactor } from './mask.ts'
import { politeSpreadMs } from './polite-spread.ts'
import { maskedEntry } from './poll-view.ts'
import { shareExchanges } from './shared-exchanges.ts'
import type { SharedParts } from './shared-parts.ts'

export interface Attempts {
  /**
   * Makes the attempt that is due, and keeps what came of it before the next is armed. Resolves once the answer is
   * there: keeping it holds up no other attempt. Never rejects.
   */
  make(id: string): Promise<void>
  /** Breaks off what is in flight; what comes of it is dropped, so it is asked again after a restart. */
  abandon(): void
  /** Resolves once all that came of attempts is kept. */
  settled(): Promise<void>
}

interface Flight {
  readonly state: WaitingPoll
  /** Resolves once what came of it is kept. */
  readonly kept: Promise<void>
  readonly land: () => void
}

/** Answers that wait to be kept, and their bodies: beyond that, no more are asked for until the store has caught up. */
const MOST_UNKEPT = 4000
const MOST_UNKEPT_BYTES = 64 * 1024 * 1024

/** A poll that cannot be carried on by this program is looked at again after this long. */
const DEFECT_PAUSE_MS = 60_000

export function createAttempts({
  polls,
  keeper,
  watchers,
  effects,
  open,
  arm,
  armUnkept,
  isCrowded,
  onAttempt,
  onProblem,
}: SharedParts & { readonly isCrowded: (origin: string) => boolean }): Attempts {
  const exchanges = shareExchanges(effects)
  const flying = new Set<AbortController>()
  const unkept = new Set<Promise<void>>()
  let unkeptBytes = 0
  let isAbandoned = false

  const attempt = async (poll: KeptPoll, land: () => void) => {
    if (poll.flight !== null || poll.isPaused || poll.state.kind === 'done') return
    if (askAt(poll) > effects.clock.now()) return rearm(poll)
    let bytes = 0
    let tellKept = () => {}
    const kept = new Promise<void>((resolve) => {
      tellKept = resolve
    })
    try {
      const before = poll.state
      const step = await fly(poll, { state: before, kept, land })
      if (step === null) return
      bytes = 2 * (step.state.last?.body.length ?? 0)
      unkeptBytes += bytes
      land()
      await keeper.keep(poll, happeningsOf(poll, before, step))
    } finally {
      unkeptBytes -= bytes
      tellKept()
    }
    watchers.tell(poll.id)
    rearm(poll)
  }
  /** The poll has its new state once it has landed. Null where the attempt was abandoned. */
  const fly = async (poll: KeptPoll, { state, kept, land }: Flight) => {
    const controller = new AbortController()
    poll.flight = { controller, kept }
    flying.add(controller)
    try {
      // Who waits for an exchange of another needs no place of its own.
      const transport: Transport = { ...effects.transport, send: (...sent) => exchanges.send(...sent, land) }
      const step = await nextStep(poll.compiled, state, {
        effects: { ...effects, transport },
        signal: controller.signal,
      })
      if (isAbandoned) return null
      if (step.entry !== null) onAttempt(madeAttempt(poll, step.entry, askAt(poll)))
      poll.state = step.state
      const chance = { isCrowded: isCrowded(poll.origin), now: effects.clock.now(), random: effects.random() }
      poll.spreadMs = politeSpreadMs(step.state, chance)
      if (step.state.kind === 'done') open.count--
      return step
    } finally {
      flying.delete(controller)
      poll.flight = null
    }
  }
  const carryOn = async (id: string, land: () => void) => {
    try {
      await polls.use(id, async (poll) => (poll === null ? undefined : attempt(poll, land)))
    } catch (error) {
      onProblem(error)
      if (!isAbandoned) armUnkept({ id, origin: 'defect', dueAt: effects.clock.now() + DEFECT_PAUSE_MS })
    }
  }
  const rearm = (poll: KeptPoll) => {
    if (poll.state.kind === 'waiting' && !poll.isPaused && poll.flight === null)
      arm({ ...poll, dueAt: askAt(poll) })
  }
  return {
    make: (id) =>
      new Promise((landed) => {
        const land = () => {
          if (unkept.size <= MOST_UNKEPT && unkeptBytes <= MOST_UNKEPT_BYTES) landed()
        }
        const kept = carryOn(id, land).finally(() => {
          unkept.delete(kept)
          landed()
        })
        unkept.add(kept)
      }),
    async settled() {
      await Promise.all(unkept)
    },
    abandon() {
      isAbandoned = true
      for (const controller of flying) controller.abort()
    },
  }
}

function madeAttempt({ id, origin, compiled }: KeptPoll, entry: LedgerEntry, askAt: number): MadeAttempt {
  const { iteration, code, verdict, startedAt, durationMs } = entry
  const lateMs = Math.max(0, startedAt - askAt)
  const { method } = compiled.task
  return { id, origin, method, iteration, code, verdict, startedAt, durationMs, lateMs }
}

function happeningsOf(
  poll: KeptPoll,
  before: WaitingPoll,
  { entry, state }: PollStep | CancelledStep,
): Happening[] {
  const redactor = taskRedactor(poll.compiled.task)
  const folds = entry !== null && state.kind === 'waiting' && isFoldable(before, entry, poll)
  const attempted =
    entry === null
      ? []
      : [
          {
            kind: 'attempt',
            data: maskedEntry(entry, redactor),
            folds,
            // What folds came with the answer of the attempt before.
            ...(!folds && { answer: answerText(answerOf(state, entry), redactor) }),
          },
        ]
  const ended = state.kind === 'done' ? [endedHappening(state, redactor.text(state.message))] : []
  return [...attempted, ...ended]
}
