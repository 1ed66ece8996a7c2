import type { Attempt, HttpRequest, HttpResponse } from './attempt.ts'
import type { Criteria, Facts } from './condition.ts'
import { type ResponseMoment, responseFacts } from './facts.ts'
import type { Judgement, Verdict } from './judge.ts'
import { type Look, look, type Seen } from './look.ts'
import { type Closing, closingMessage, describeSeconds } from './message.ts'
import { retryAfterMs } from './retry-after.ts'
import { nextWait, type Wait, type WaitReason } from './schedule.ts'
import type { PollTask } from './task.ts'

/** How a whole task ended. */
export type Outcome = 'succeeded' | 'failed' | 'exhausted' | 'timed-out' | 'stalled' | 'broken' | 'cancelled'

/** What both kinds of state hold. Plain JSON: it can be kept anywhere and taken up by any driver. */
interface PollProgress {
  readonly version: 1
  /** Epoch ms. */
  readonly startedAt: number
  /** Attempts made. */
  readonly iterationCount: number
  /** The last whole response; a failed attempt leaves it as it was. */
  readonly last: HttpResponse | null
  /** The iteration that `last` came from, and how long after the start. */
  readonly lastAt: ResponseMoment | null
  /** The verdicts of the last attempts, a letter each, the oldest first: s, f, p, t, b. */
  readonly recent: string
  /** How often each thing was observed: `200 pending` -> 12. */
  readonly observed: Readonly<Record<string, number>>
  /** Attempts in a row that were `broken`, and why the last of them was. */
  readonly brokenStreak: { readonly count: number; readonly reason: string } | null
  /** The last verdict with its reason. */
  readonly lastJudgement: Judgement | null
  /** What the conditions saw in the last attempt, shortened for people. */
  readonly lastValues: Readonly<Record<string, string>>
}

export interface WaitingPoll extends PollProgress {
  readonly kind: 'waiting'
  /** Epoch ms of the next attempt. */
  readonly dueAt: number
  readonly waitReason: WaitReason
  /** Epoch ms at which the whole task is over, or null. */
  readonly deadlineAt: number | null
  /** Success verdicts in a row. */
  readonly successes: number
  /** Undecided attempts in a row, by which the interval grows. */
  readonly growth: number
  /** The last value of `progress`, and since when it has been that. */
  readonly progress: { readonly value: number | null; readonly since: number }
}

export interface DonePoll extends PollProgress {
  readonly kind: 'done'
  readonly outcome: Outcome
  /** A sentence that a person can act on. */
  readonly message: string
  readonly endedAt: number
  /** The text of the condition that ended it, or null. */
  readonly decidedBy: string | null
}

export type PollState = WaitingPoll | DonePoll

/** One line of the ledger: what one attempt was, meant, and led to. Plain JSON. */
export interface LedgerEntry {
  readonly iteration: number
  readonly startedAt: number
  readonly durationMs: number
  readonly code: number | null
  readonly verdict: Verdict
  readonly reason: string
  /** What the conditions saw, shortened for people. */
  readonly values: Readonly<Record<string, string>>
  readonly progress: number | null
  /** The pause that follows, or null when the task has ended. */
  readonly next: { readonly dueAt: number; readonly reason: WaitReason } | null
  /** False when the body is the same, byte for byte, as that of the attempt before. */
  readonly bodyChanged: boolean
  readonly notes: readonly string[]
}

/** A task with its conditions compiled, which is what the machine runs on. */
export interface CompiledPoll {
  readonly task: PollTask
  readonly criteria: Criteria
  /** Values of run bindings used in conditions. */
  readonly bindings?: Readonly<Record<string, unknown>>
}

/** The state of a poll that has made no attempt yet. `now` is epoch ms. */
export function start(task: PollTask, now: number): WaitingPoll {
  return {
    version: 1,
    kind: 'waiting',
    startedAt: now,
    iterationCount: 0,
    last: null,
    lastAt: null,
    recent: '',
    observed: NOTHING_YET,
    brokenStreak: null,
    lastJudgement: null,
    lastValues: NOTHING_YET,
    dueAt: now + task.initialDelaySeconds * 1000,
    waitReason: 'initial-delay',
    deadlineAt: task.timeoutSeconds === null ? null : now + task.timeoutSeconds * 1000,
    successes: 0,
    growth: 0,
    progress: { value: null, since: now },
  }
}

const NOTHING_YET = {}

/** What came of an attempt, with the instant (epoch ms) and a random number in [0, 1) for the jitter. */
export interface AttemptEnded {
  readonly attempt: Attempt
  readonly now: number
  readonly random: number
}

/** The next state after an attempt, and the ledger's line about it. Pure. */
export function advance(
  poll: CompiledPoll,
  state: WaitingPoll,
  event: AttemptEnded,
): { readonly state: PollState; readonly entry: LedgerEntry } {
  const { attempt, now } = event
  const response = wholeResponse(state, attempt)
  const facts = response === null ? null : factsOf(poll, state, response, now)
  const known = look(poll.criteria, { attempt, response, facts, before: attemptBefore(state) })
  const { judgement, values } = known
  const progressValue = facts === null ? null : (poll.criteria.progress?.evaluate(facts) ?? null)
  const seen = observe(state, { look: known, response, event, progressValue })
  const next = decide(poll, seen, judgement, event)
  return {
    state: next,
    entry: {
      iteration: seen.iterationCount,
      startedAt: attempt.startedAt,
      durationMs: attempt.durationMs,
      code: responseCode(attempt),
      verdict: judgement.verdict,
      reason: judgement.reason,
      values,
      progress: progressValue,
      next: next.kind === 'waiting' ? { dueAt: next.dueAt, reason: next.waitReason } : null,
      bodyChanged: response !== null && response.body !== state.last?.body,
      notes: attempt.notes,
    },
  }
}

/** Ends a poll from outside: a signal, an API call, an abort. `by` completes "cancelled by ...". */
export function cancel(
  poll: CompiledPoll,
  state: WaitingPoll,
  { by, now }: { by: string; now: number },
): DonePoll {
  return finish(poll, state, now, { outcome: 'cancelled', reason: by })
}

/** The request of the next attempt: conditional where the last body was large and had an ETag. */
export function nextRequest(
  task: PollTask,
  state: WaitingPoll,
): { request: HttpRequest; conditional: boolean } {
  const request = plainRequest(task)
  const etag = etagToSend(task, state)
  if (etag === null) return { request, conditional: false }
  return { request: { ...request, headers: { ...task.headers, 'If-None-Match': etag } }, conditional: true }
}

/** The `ETag` by which the next attempt asks only for what has changed; null where it asks for all. */
export function etagToSend(task: PollTask, state: WaitingPoll): string | null {
  const etag = state.last?.headers.etag
  return etag && task.method === 'GET' && isWorthConditional(task, state) ? etag : null
}

/** The same object at every attempt, so that a transport may know it again. */
function plainRequest(task: PollTask): HttpRequest {
  let request = plainRequests.get(task)
  if (request === undefined) {
    request = { method: task.method, url: task.url, headers: task.headers, payload: task.payload }
    plainRequests.set(task, request)
  }
  return request
}

const plainRequests = new WeakMap<PollTask, HttpRequest>()

/** The longest that the next attempt may take: its own limit, or what is left of the whole. */
export function attemptTimeoutMs(task: PollTask, state: WaitingPoll, now: number): number {
  const own = task.requestTimeoutSeconds * 1000
  return state.deadlineAt === null ? own : Math.max(1, Math.min(own, state.deadlineAt - now))
}

/** Bodies below this cost less than the risk of a server whose ETag does not change with the body. */
const CONDITIONAL_BODY_LENGTH = 16 * 1024
const CALLER_CACHING_HEADER = /^(if-none-match|if-modified-since|if-match|if-range|range|cache-control)$/i

function isWorthConditional(task: PollTask, { last }: WaitingPoll): boolean {
  return (
    last !== null &&
    last.code === 200 &&
    last.body.length >= CONDITIONAL_BODY_LENGTH &&
    !Object.keys(task.headers).some((name) => CALLER_CACHING_HEADER.test(name))
  )
}

/** What came back whole. A 304 to a conditional request of ours stands for the answer that it confirms. */
export function wholeResponse(state: WaitingPoll, { result, conditional }: Attempt): HttpResponse | null {
  if (result.kind === 'failure') return null
  return conditional && result.response.code === 304 && state.last ? state.last : result.response
}

function responseCode({ result }: Attempt): number | null {
  return result.kind === 'response' ? result.response.code : (result.failure.head?.code ?? null)
}

function factsOf({ bindings }: CompiledPoll, state: WaitingPoll, response: HttpResponse, now: number): Facts {
  const previous = state.last && state.lastAt ? responseFacts(state.last, state.lastAt) : null
  return responseFacts(response, momentOf(state, now), { previous, bindings: bindings ?? {} })
}

function momentOf(state: WaitingPoll, now: number): ResponseMoment {
  return { iteration: state.iterationCount + 1, elapsedSeconds: (now - state.startedAt) / 1000 }
}

function attemptBefore({
  last,
  lastAt,
  iterationCount,
  lastJudgement,
  lastValues,
}: WaitingPoll): Seen['before'] {
  if (last === null || lastJudgement === null || lastAt?.iteration !== iterationCount) return null
  return { response: last, look: { judgement: lastJudgement, values: lastValues } }
}

interface Observation {
  readonly look: Look
  readonly response: HttpResponse | null
  readonly event: AttemptEnded
  readonly progressValue: number | null
}

/**
 * The state with what was seen in the attempt; what follows from it is not decided yet. Every field is named, here and
 * below: a copy by `...` takes several times as long, and is made at every attempt of every poll.
 */
function observe(state: WaitingPoll, { look, response, event, progressValue }: Observation): WaitingPoll {
  const { judgement, values } = look
  const { verdict, reason } = judgement
  const moment = momentOf(state, event.now)
  const what = { code: responseCode(event.attempt), verdict }
  const broken = verdict === 'broken' ? { count: (state.brokenStreak?.count ?? 0) + 1, reason } : null
  return {
    version: 1,
    kind: 'waiting',
    startedAt: state.startedAt,
    iterationCount: moment.iteration,
    last: response ?? state.last,
    lastAt: response ? moment : state.lastAt,
    recent: lengthened(state.recent, verdict),
    observed: countedUp(state.observed, what),
    brokenStreak: broken,
    lastJudgement: judgement,
    lastValues: values,
    dueAt: state.dueAt,
    waitReason: state.waitReason,
    deadlineAt: state.deadlineAt,
    successes: state.successes,
    growth: state.growth,
    progress: nextProgress(state, progressValue, event.now),
  }
}

/** Verdicts that a state tells one by one. */
const MOST_RECENT = 30

/** `recent` after so many attempts more of one verdict. */
export function lengthened(recent: string, verdict: Verdict, times = 1): string {
  return (recent + verdict.charAt(0).repeat(Math.min(times, MOST_RECENT))).slice(-MOST_RECENT)
}

/** `observed` after so many attempts more that were alike. */
export function countedUp(
  counts: PollProgress['observed'],
  { code, verdict }: Pick<LedgerEntry, 'code' | 'verdict'>,
  times = 1,
): PollProgress['observed'] {
  const next = { ...counts }
  const what = `${code ?? 'no response'} ${verdict}`
  next[what] = (next[what] ?? 0) + times
  return next
}

function nextProgress({ progress }: WaitingPoll, value: number | null, now: number): WaitingPoll['progress'] {
  return value === null || value === progress.value ? progress : { value, since: now }
}

function decide(
  poll: CompiledPoll,
  state: WaitingPoll,
  judgement: Judgement,
  event: AttemptEnded,
): PollState {
  const { task } = poll
  const { now, attempt } = event
  const end = (closing: Closing) => finish(poll, state, now, closing)
  const isOver = state.deadlineAt !== null && now >= state.deadlineAt
  const { verdict, reason } = judgement

  if (verdict === 'failed') return end({ outcome: 'failed', reason, decidedBy: judgement.decidedBy })
  const successes = verdict === 'succeeded' ? state.successes + 1 : 0
  if (successes >= task.successThreshold)
    return end({ outcome: 'succeeded', reason, decidedBy: judgement.decidedBy })
  if (isOver) return end({ outcome: 'timed-out' })
  if (verdict === 'broken' && !isIgnored(task, judgement)) return end({ outcome: 'broken', reason })
  if (state.iterationCount >= task.pollCount) return end({ outcome: 'exhausted' })
  if (isStalled(task, state, now)) return end({ outcome: 'stalled' })

  const growth = verdict === 'succeeded' ? 0 : state.growth
  const wait = nextWait(task, {
    now,
    growth,
    retryAfterMs: retryAfterMs(responseHeaders(attempt), now),
    lastDurationMs: attempt.durationMs,
    deadlineAt: state.deadlineAt,
    random: event.random,
  })
  if ('dueAt' in wait) {
    return waitingOn(state, wait, { successes, growth: verdict === 'succeeded' ? 0 : growth + 1 })
  }
  return wait.reason === 'out-of-time'
    ? end({ outcome: 'timed-out' })
    : end({ outcome: 'timed-out', reason: retryAfterReason(attempt, now) })
}

function waitingOn(
  state: WaitingPoll,
  { dueAt, reason }: Wait,
  { successes, growth }: Pick<WaitingPoll, 'successes' | 'growth'>,
): WaitingPoll {
  const { startedAt, iterationCount, last, lastAt, recent, observed } = state
  const { brokenStreak, lastJudgement, lastValues, deadlineAt, progress } = state
  return {
    version: 1,
    kind: 'waiting',
    startedAt,
    iterationCount,
    last,
    lastAt,
    recent,
    observed,
    brokenStreak,
    lastJudgement,
    lastValues,
    dueAt,
    waitReason: reason,
    deadlineAt,
    successes,
    growth,
    progress,
  }
}

function isIgnored({ ignoreFailure }: PollTask, { transient }: Judgement): boolean {
  return ignoreFailure === true || (ignoreFailure === 'transient' && transient)
}

function isStalled({ stallSeconds }: PollTask, { progress }: WaitingPoll, now: number): boolean {
  return stallSeconds !== null && now - progress.since >= stallSeconds * 1000
}

function responseHeaders({ result }: Attempt): Readonly<Record<string, string>> {
  return result.kind === 'response' ? result.response.headers : (result.failure.head?.headers ?? {})
}

function retryAfterReason(attempt: Attempt, now: number): string {
  const asked = (retryAfterMs(responseHeaders(attempt), now) ?? 0) / 1000
  return `the server asks to wait ${describeSeconds(asked)} (Retry-After), which lies beyond the deadline`
}

function finish(poll: CompiledPoll, state: WaitingPoll, now: number, closing: Closing): DonePoll {
  const { startedAt, iterationCount, last, lastAt, recent, observed } = state
  const { brokenStreak, lastJudgement, lastValues } = state
  return {
    version: 1,
    kind: 'done',
    startedAt,
    iterationCount,
    last,
    lastAt,
    recent,
    observed,
    brokenStreak,
    lastJudgement,
    lastValues,
    outcome: closing.outcome,
    message: closingMessage(poll, state, now, closing),
    endedAt: now,
    decidedBy: closing.decidedBy ?? null,
  }
}
