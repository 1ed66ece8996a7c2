import { compileCriteria } from '../condition/criteria.ts'
import { type PollOutputs, pollOutputs } from '../core/outputs.ts'
import {
  type CompiledPoll,
  type DonePoll,
  type LedgerEntry,
  type Outcome,
  type PollState,
  start,
} from '../core/poll.ts'
import { createRedactor, type Redactor } from '../core/redact.ts'
import { type PollTaskInput, parsePollTask } from '../core/task.ts'
import type { Effects } from './effects.ts'
import {
  type CancelledStep,
  isEarly,
  nextStep,
  type PollStep,
  type RunPollOptions,
  sendNext,
  stepAfter,
  untilDue,
} from './run-poll.ts'
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
  const { compiled, run } = session
  while (session.state.kind === 'waiting') {
    const { state } = session
    if (isEarly(state, run)) await untilDue(state, run)
    const sent = run.signal?.aborted ? null : await sendNext(compiled, state, run)
    const kept = keep(session, stepAfter(compiled, { state, sent }, run))
    if (kept !== undefined) await kept
  }
  return resultOf(session, session.state)
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
  while (session.state.kind === 'waiting') {
    const step = await nextStep(session.compiled, session.state, session.run)
    await keep(session, step)
    if (step.entry !== null) yield session.attempts.at(-1) as LedgerEntry
  }
  return resultOf(session, session.state)
}

/** A poll on its way. Ten thousand of them may wait at once, so it is one object, and nothing is bound to it. */
interface Session {
  readonly compiled: CompiledPoll
  readonly run: RunPollOptions
  readonly options: PollOptions
  readonly redactor: Redactor
  readonly attempts: LedgerEntry[]
  state: PollState
}

async function openSession(input: PollTaskInput, options: PollOptions): Promise<Session> {
  const task = parsePollTask(input)
  const criteria = await compileCriteria(task)
  const effects = await effectsOf(options.effects)
  return {
    compiled: { task, criteria },
    run: { effects, signal: options.signal ?? null },
    options,
    redactor: createRedactor(options.secrets ?? NO_SECRETS),
    attempts: options.attempts ? [...options.attempts] : [],
    state: options.resume ?? start(task, effects.clock.now()),
  }
}

const NO_SECRETS: readonly string[] = []

/** Takes in what an attempt led to, and tells the caller; what it gives is to be awaited, if it gives something. */
function keep(session: Session, step: PollStep | CancelledStep): void | Promise<void> {
  const { options, redactor, attempts } = session
  session.state = step.state
  if (step.entry === null) return
  const entry = options.secrets?.length ? maskEntry(step.entry, redactor) : step.entry
  attempts.push(entry)
  return options.onAttempt?.(entry, step.state)
}

type PollEffects = RunPollOptions['effects']
let shared: Promise<PollEffects> | null = null

async function effectsOf(given: PollOptions['effects']): Promise<PollEffects> {
  if (given === undefined) return sharedEffects()
  const transport = given.transport ?? (await sharedEffects()).transport
  return { clock: systemClock, random: Math.random, ...given, transport }
}

/** One pool of connections for all polls of the process; idle connections do not keep it alive. */
function sharedEffects(): Promise<PollEffects> {
  shared ??= import('../http/transport.ts').then(async ({ createTransport }) => {
    const transport = await createTransport({ clock: systemClock })
    return { clock: systemClock, random: Math.random, transport }
  })
  return shared
}

function resultOf({ compiled, redactor, attempts }: Session, done: DonePoll): PollResult {
  const { task, criteria } = compiled
  const outputs = pollOutputs(task, done, redactor, criteria.success.source)
  // Each by its name, as the core does: a copy by `...` is dear, and shows where polls end by the thousand.
  return {
    status: outputs.status,
    iterationCount: outputs.iterationCount,
    pollCount: outputs.pollCount,
    expectedResponse: outputs.expectedResponse,
    responseHeaders: outputs.responseHeaders,
    responseBody: outputs.responseBody,
    interval: outputs.interval,
    processedUrl: outputs.processedUrl,
    responseJson: outputs.responseJson,
    inputHeaders: outputs.inputHeaders,
    responseCode: outputs.responseCode,
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
