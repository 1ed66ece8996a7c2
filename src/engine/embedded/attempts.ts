import type { LedgerEntry, WaitingPoll } from '../../core/poll.ts'
import { isRepeat } from '../../core/repeat.ts'
import type { Transport } from '../effects.ts'
import { type CancelledStep, type PollStep, sendNext, stepAfter } from '../run-poll.ts'
import { answerOf, answerTexts } from './attempt-view.ts'
import type { MadeAttempt } from './embedded-engine.ts'
import { isFoldable } from './fold.ts'
import { endedHappening, type Happening } from './keeper.ts'
import { askAt, type Flight, type KeptPoll } from './kept-polls.ts'
import { taskRedactor } from './mask.ts'
import { politeSpreadMs } from './polite-spread.ts'
import { maskedEntry, maskedLine } from './poll-view.ts'
import { shareExchanges } from './shared-exchanges.ts'
import { type Arm, DEFECT_PAUSE_MS, type SharedParts } from './shared-parts.ts'

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

/** Answers that wait to be kept, and their bodies: beyond that, no more are asked for until the store has caught up. */
const MOST_UNKEPT = 4000
const MOST_UNKEPT_BYTES = 64 * 1024 * 1024

export interface AttemptParts extends SharedParts {
  readonly isCrowded: (origin: string) => boolean
  readonly armUnkept: Arm
}

export function createAttempts(parts: AttemptParts): Attempts {
  const { polls, keeper, watchers, effects, open, arm, armUnkept, onAttempt, onProblem } = parts
  const { clock, random } = effects
  const exchanges = shareExchanges(effects)
  const breakers = createBreakers()
  const whenSettled: (() => void)[] = []
  let unkept = 0
  let unkeptBytes = 0
  let isAbandoned = false

  /** One function from the lane to the disk: each that waits for another costs as much as a part of an attempt. */
  const attempt = async (id: string, land: () => void) => {
    const place = polls.enter(id)
    let flight: Flight | null = null
    let bytes = 0
    try {
      const poll = place.poll === undefined ? await place.loaded : place.poll
      if (poll === null || poll.flight !== null || poll.isPaused || poll.state.kind === 'done') return
      const dueAt = askAt(poll)
      if (dueAt > clock.now()) return rearm(poll)
      const before = poll.state
      flight = { controller: breakers.take(), whenKept: [] }
      poll.flight = flight
      const step = await fly(poll, before, { controller: flight.controller, land })
      if (isAbandoned) return
      if (step.entry !== null) onAttempt(madeAttempt(poll, step.entry, dueAt))
      arrive(poll, step)
      bytes = 2 * (step.state.last?.body.length ?? 0)
      unkeptBytes += bytes
      land()
      await keep(poll, before, step)
      watchers.tell(id)
      rearm(poll)
    } catch (error) {
      onProblem(error)
      if (!isAbandoned) armUnkept({ id, origin: 'defect', dueAt: clock.now() + DEFECT_PAUSE_MS })
    } finally {
      unkeptBytes -= bytes
      polls.leave(id, place)
      for (const tell of flight?.whenKept ?? []) tell()
      if (--unkept === 0) for (const tell of whenSettled.splice(0)) tell()
    }
  }
  /** It is due, so the step begins where it is sent. */
  const fly = async (poll: KeptPoll, state: WaitingPoll, { controller, land }: Flying) => {
    // Who waits for an exchange of another needs no place of its own.
    const transport: Transport = {
      send: (request, options) => exchanges.send(request, options, land),
      close: effects.transport.close,
    }
    const options = { effects: { clock, random, transport }, signal: controller.signal }
    try {
      const sent = await sendNext(poll.compiled, state, options)
      return stepAfter(poll.compiled, { state, sent }, options)
    } finally {
      breakers.giveBack(controller)
      poll.flight = null
    }
  }
  const arrive = (poll: KeptPoll, { state }: Step) => {
    poll.state = state
    const chance = { isCrowded: parts.isCrowded(poll.origin), now: clock.now(), random: random() }
    poll.spreadMs = politeSpreadMs(state, chance)
    if (state.kind === 'done') open.count--
  }
  const keep = (poll: KeptPoll, before: WaitingPoll, step: Step): Promise<void> => {
    const { entry, state } = step
    const codeBefore = poll.lastCode
    if (entry === null) return keeper.keep(poll, happeningsOf(poll, before, step))
    poll.lastCode = entry.code
    return isRepeat(before, { state, entry, codeBefore })
      ? keeper.keepRepeat(poll, maskedLine(entry, taskRedactor(poll.compiled.task)))
      : keeper.keep(poll, happeningsOf(poll, before, step))
  }
  const rearm = (poll: KeptPoll) => {
    const { id, origin, state, isPaused, flight } = poll
    if (state.kind === 'waiting' && !isPaused && flight === null) arm({ id, origin, dueAt: askAt(poll) })
  }
  return {
    make: (id) =>
      new Promise((landed) => {
        unkept++
        const land = () => {
          if (unkept <= MOST_UNKEPT && unkeptBytes <= MOST_UNKEPT_BYTES) landed()
        }
        void attempt(id, land).then(landed)
      }),
    settled: () => (unkept === 0 ? Promise.resolve() : new Promise((resolve) => whenSettled.push(resolve))),
    abandon() {
      isAbandoned = true
      breakers.breakAll()
    },
  }
}

type Step = PollStep | CancelledStep

interface Flying {
  readonly controller: AbortController
  readonly land: () => void
}

/** A controller costs more to make than all that an attempt does with it: those that broke nothing off are used again. */
function createBreakers() {
  const spare: AbortController[] = []
  const flying = new Set<AbortController>()
  return {
    take(): AbortController {
      const controller = spare.pop() ?? new AbortController()
      flying.add(controller)
      return controller
    },
    giveBack(controller: AbortController): void {
      flying.delete(controller)
      if (!controller.signal.aborted) spare.push(controller)
    },
    breakAll(): void {
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

function happeningsOf(poll: KeptPoll, before: WaitingPoll, { entry, state }: Step): Happening[] {
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
            ...(!folds && { answer: answerTexts(answerOf(state, entry), redactor) }),
          },
        ]
  const ended = state.kind === 'done' ? [endedHappening(state, redactor.text(state.message))] : []
  return [...attempted, ...ended]
}
