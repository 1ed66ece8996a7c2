import type { LedgerEntry, PollState } from '../../core/poll.ts'
import type { Redactor } from '../../core/redact.ts'
import type { PollTask } from '../../core/task.ts'
import type { EventQuery, Store, StoredEvent } from '../../store/store.ts'
import type { AttemptView, Engine, ShownResponse } from '../engine.ts'
import { unsealed } from './kept-polls.ts'
import { taskRedactor } from './mask.ts'
import type { Sealer } from './sealer.ts'

/** Of a longer body the beginning is kept with its attempt; the last answer is there in full. */
const LONGEST_KEPT_BODY = 32 * 1024

/** What came back in an attempt, as text to be sealed; `null` where nothing whole did. */
export function answerText(
  { last, lastAt }: PollState,
  { iteration }: LedgerEntry,
  redactor: Redactor,
): string {
  if (last === null || lastAt?.iteration !== iteration) return 'null'
  const { body, ...response } = shownResponse(last, redactor)
  return JSON.stringify({ ...response, body: body.slice(0, LONGEST_KEPT_BODY) })
}

export function answerPlace(id: string): string {
  return `answer ${id}`
}

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
    const response = JSON.parse(sealer.open(kept.answer, answerPlace(id))) as ShownResponse | null
    return { ...view, response, isKept: true }
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
  if (state.last === null || state.lastAt?.iteration !== attempt.iteration)
    return { attempt, folded, response: null, isKept: false }
  return { attempt, folded, response: shownResponse(state.last, taskRedactor(task)), isKept: true }
}

function shownResponse(
  { code, headers, body }: NonNullable<PollState['last']>,
  redactor: Redactor,
): ShownResponse {
  const shown = redactor.text(body)
  return { code, headers: redactor.headers(headers), body: shown, bodyLength: shown.length }
}
