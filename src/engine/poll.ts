import { compileCriteria } from '../condition/criteria.ts'
import type { Criteria } from '../core/condition.ts'
import { type PollOutputs, pollOutputs } from '../core/outputs.ts'
import { type DonePoll, type LedgerEntry, type Outcome, type PollState, start } from '../core/poll.ts'
import { createRedactor, type Redactor } from '../core/redact.ts'
import { type PollTask, type PollTaskInput, parsePollTask } from '../core/task.ts'
import type { Effects } from './effects.ts'
import { nextStep } from './run-poll.ts'
import { systemClock } from './system-clock.ts'

export interface PollOptions {
  /** Ends the poll as `cancelled`; a string given as the abort's reason is said in the message. */
  readonly signal?: AbortSignal
  /** Goes on from a state that an earlier process kept, with the same count and deadline. */
  readonly resume?: PollState
  /** The ledger that an earlier process kept, beside `resume`: what is added goes after it. */
  readonly attempts?: readonly LedgerEntry[]
  /** Values that are masked wherever they could come out: outputs, messages, the ledger. */
  readonly secrets?: readonly string[]
  /** Stand-ins for clock, randomness and network; by default the real ones. */
  readonly effects?: Partial<Pick<Effects, 'clock' | 'random' | 'transport'>>
  /** Called after each attempt and awaited before the next; `state` is plain JSON and can be kept for `resume`. */
  readonly onAttempt?: (entry: LedgerEntry, state: PollState) => void | Promise<void>
}

/** How a poll ended, with the eleven outputs, and every attempt: those given by `attempts`, then those of this process. */
export interface PollResult extends PollOutputs {
  readonly outcome: Outcome
  /** A sentence that a person can act on. */
  readonly message: string
  /** ISO 8601, UTC. */
  readonly startedAt: string
  /** ISO 8601, UTC. */
  readonly endedAt: string
  readonly attempts: readonly LedgerEntry[]
}

/**
 * Polls a URL until its exit criteria decide, its count is used up or its time is over.
 * Resolves however the job ended: look at `outcome`.
 *
 * @throws InvalidTaskError, ConditionError: the task itself is wrong; nothing was sent.
 * @example
 * const { outcome, message } = await poll({
 *   url: 'https://ci.example.com/jobs/7',
 *   exitCriteria: { success: 'status == "FINISHED"', failure: 'status == "FAILED"' },
 * })
 */
export async function poll(task: PollTaskInput, options: PollOptions = {}): Promise<PollResult> {
  const session = await openSession(task, options)
  for (;;) {
    const result = session.result()
    if (result !== null) return result
    await session.next()
  }
}

/**
 * The same as `poll`, attempt by attempt: an async iterator of the ledger whose return value is the result.
 * The next attempt is made only when it is asked for.
 */
export async function* pollAttempts(
  task: PollTaskInput,
  options: PollOptions = {},
): AsyncGenerator<LedgerEntry, PollResult, void> {
  const session = await openSession(task, options)
  for (;;) {
    const result = session.result()
    if (result !== null) return result
    const entry = await session.next()
    if (entry !== null) yield entry
  }
}

interface Session {
  /** Null while it goes on. */
  result(): PollResult | null
  /** The next attempt; null when the poll was cancelled before there was an answer. */
  next(): Promise<LedgerEntry | null>
}

async function openSession(input: PollTaskInput, options: PollOptions): Promise<Session> {
  const task = parsePollTask(input)
  const criteria = await compileCriteria(task)
  const secrets = options.secrets ?? []
  const redactor = createRedactor(secrets)
  const transport = options.effects?.transport ?? (await sharedTransport())
  const effects = { clock: systemClock, random: Math.random, ...options.effects, transport }
  const compiled = { task, criteria }
  const run = { effects, signal: options.signal ?? null }
  const attempts: LedgerEntry[] = [...(options.attempts ?? [])]
  let state = options.resume ?? start(task, effects.clock.now())
  return {
    result: () =>
      state.kind === 'done' ? resultOf({ task, criteria, done: state, attempts, redactor }) : null,
    async next() {
      if (state.kind === 'done') return null
      const step = await nextStep(compiled, state, run)
      state = step.state
      if (step.entry === null) return null
      const entry = secrets.length === 0 ? step.entry : maskEntry(step.entry, redactor)
      attempts.push(entry)
      await options.onAttempt?.(entry, state)
      return entry
    },
  }
}

let shared: Promise<Effects['transport']> | null = null

/** One pool of connections for all polls of the process; idle connections do not keep it alive. */
function sharedTransport(): Promise<Effects['transport']> {
  shared ??= import('../http/transport.ts').then(({ createTransport }) =>
    createTransport({ clock: systemClock }),
  )
  return shared
}

interface Ended {
  readonly task: PollTask
  readonly criteria: Criteria
  readonly done: DonePoll
  readonly attempts: readonly LedgerEntry[]
  readonly redactor: Redactor
}

function resultOf({ task, criteria, done, attempts, redactor }: Ended): PollResult {
  return {
    ...pollOutputs(task, done, redactor, criteria.success.source),
    outcome: done.outcome,
    message: redactor.text(done.message),
    startedAt: new Date(done.startedAt).toISOString(),
    endedAt: new Date(done.endedAt).toISOString(),
    attempts,
  }
}

function maskEntry(entry: LedgerEntry, redactor: Redactor): LedgerEntry {
  return {
    ...entry,
    reason: redactor.text(entry.reason),
    values: redactor.json(entry.values) as LedgerEntry['values'],
    notes: entry.notes.map(redactor.text),
  }
}
