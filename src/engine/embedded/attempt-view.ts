import type { HttpResponse } from '../../core/attempt.ts'
import type { LedgerEntry, PollState } from '../../core/poll.ts'
import type { Redactor } from '../../core/redact.ts'
import type { PollTask } from '../../core/task.ts'
import type { EventQuery, KeptAnswer, NewAnswer, Store, StoredEvent } from '../../store/store.ts'
import type { AttemptView, Engine, ShownResponse } from '../engine.ts'
import { unsealed } from './kept-polls.ts'
import { taskRedactor } from './mask.ts'
import type { Sealer } from './sealer.ts'

/** Of a longer body the beginning is kept with its attempt; the last answer is there in full. */
const LONGEST_KEPT_BODY = 32 * 1024

/** The answer of an attempt that was just made; null where nothing whole came back. */
export function answerOf({ last, lastAt }: PollState, { iteration }: LedgerEntry): HttpResponse | null {
  return lastAt?.iteration === iteration ? last : null
}

/** A body of so many characters is kept apart from what came with it: other attempts may have the same. */
const LONG_BODY = 1024

/** What came back in an attempt, masked, as texts to be sealed. */
export interface AnswerTexts {
  readonly answer: string
  /** Where it is long; else it is in `answer`. */
  readonly body: string | null
}

export function answerTexts(answer: HttpResponse | null, redactor: Redactor): AnswerTexts {
  if (answer === null) return { answer: 'null', body: null }
  const shown = shownResponse(answer, redactor)
  const body = shown.body.slice(0, LONGEST_KEPT_BODY)
  return body.length < LONG_BODY
    ? { answer: JSON.stringify({ ...shown, body }), body: null }
    : { answer: JSON.stringify({ ...shown, body: '' }), body }
}

export function sealAnswer(sealer: Sealer, { answer, body }: AnswerTexts, id: string): NewAnswer {
  return {
    answer: sealer.seal(answer, answerPlace(id)),
    body: body === null ? null : { name: sealer.digest(body), sealed: sealer.seal(body, bodyPlace(id)) },
  }
}

/** Null where nothing whole came back. */
export function openAnswer(sealer: Sealer, { answer, body }: KeptAnswer, id: string): ShownResponse | null {
  const shown = JSON.parse(sealer.open(answer, answerPlace(id))) as ShownResponse | null
  if (shown === null || body === null) return shown
  return { ...shown, body: sealer.open(body.sealed, bodyPlace(body.runId)) }
}

const answerPlace = (id: string) => `answer ${id}`
const bodyPlace = (id: string) => `answer body ${id}`

/** Reads an attempt with its answer out of a store. */
export function createAttemptReader(store: Store, sealer: Sealer): Engine['attempt'] {
  return async (id, iteration) => {
    const stored = await store.get(id)
    if (stored?.kind !== 'poll') return null
    const event = await attemptEvent((query) => store.events(id, query), iteration)
    if (event === null) return null
    const { task, state } = unsealed(stored, sealer)
    const view = attemptView(event, task, state)
    if (view.response !== null) return view
    const kept = await store.answer(id, event.number)
    const isAnother = kept !== null && kept.number !== event.number && view.attempt.bodyChanged
    if (kept === null || isAnother) return view
    return { ...view, response: openAnswer(sealer, kept, id), isKept: true }
  }
}

/** The attempt of that number, or the one it was folded into. */
export async function attemptEvent(
  read: (query: EventQuery) => Promise<readonly StoredEvent[]>,
  iteration: number,
): Promise<StoredEvent | null> {
  // The submission is an event as well, so the number of an attempt's is greater than its own.
  for (let after = iteration; ; ) {
    const events = await read({ after, limit: 20, kind: 'attempt' })
    const found = events.find(({ data }) => (JSON.parse(data) as LedgerEntry).iteration >= iteration)
    if (found !== undefined || events.length === 0) return found ?? null
    after = (events.at(-1) as StoredEvent).number
  }
}

/** An attempt with as much as the poll's state tells of its answer: that of the last one. */
export function attemptView({ data, folded }: StoredEvent, task: PollTask, state: PollState): AttemptView {
  const attempt = JSON.parse(data) as LedgerEntry
  const answer = answerOf(state, attempt)
  if (answer === null) return { attempt, folded, response: null, isKept: false }
  return { attempt, folded, response: shownResponse(answer, taskRedactor(task)), isKept: true }
}

/** An answer in full, secrets masked. */
export function shownResponse({ code, headers, body }: HttpResponse, redactor: Redactor): ShownResponse {
  const shown = redactor.text(body)
  return { code, headers: redactor.headers(headers), body: shown, bodyLength: shown.length }
}
