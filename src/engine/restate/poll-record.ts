import { type PollState, start } from '../../core/poll.ts'
import type { PollTask } from '../../core/task.ts'
import type { StoredEvent } from '../../store/store.ts'
import type { Happening } from '../embedded/keeper.ts'
import { statusOf } from '../embedded/poll-view.ts'
import type { Sealer } from '../embedded/sealer.ts'

/** All that Restate keeps of a poll beside its events, as one sealed value: one read and one write an attempt. */
export interface PollRecord {
  readonly id: string
  readonly name: string | null
  /** Where it stands among all runs: the later, the greater. */
  readonly place: number
  /** Of what was asked for, by which a repeated submission is known. */
  readonly digest: string
  readonly task: PollTask
  readonly state: PollState
  readonly isPaused: boolean
  /** The attempt that is to come; one of another turn comes too late, and does nothing. */
  readonly turn: number
  /** The number of the last event. */
  readonly lastEvent: number
  /** How many events were folded into others, and how many of them into the last one. */
  readonly folded: number
  readonly foldedIntoLast: number
  readonly endsFolding: boolean
}

/** What a submission hands to the poll's object. */
export interface PollBeginning extends Pick<PollRecord, 'id' | 'name' | 'place' | 'digest' | 'task'> {
  readonly startedAt: number
}

export function beginRecord({ startedAt, ...beginning }: PollBeginning): PollRecord {
  const state = start(beginning.task, startedAt)
  const none = { lastEvent: 0, folded: 0, foldedIntoLast: 0, endsFolding: false }
  return { ...beginning, state, isPaused: false, turn: 1, ...none }
}

export function sealRecord(sealer: Sealer, record: PollRecord): Uint8Array {
  return sealer.seal(JSON.stringify(record), `poll ${record.id}`)
}

export function openRecord(sealer: Sealer, sealed: Uint8Array, id: string): PollRecord {
  return JSON.parse(sealer.open(sealed, `poll ${id}`)) as PollRecord
}

/** An event with the slot that it is kept in: attempts alike share one, in which the last is. */
export interface SlottedEvent {
  readonly slot: number
  readonly event: StoredEvent
}

/** The record with events numbered on; `events` is what is to be kept of them. */
export function withHappenings(
  before: PollRecord,
  happenings: readonly Happening[],
  at: number,
): { readonly record: PollRecord; readonly events: readonly SlottedEvent[] } {
  let record = before
  const events = happenings.map(({ kind, data, folds = false }): SlottedEvent => {
    const joins = folds && record.endsFolding
    record = {
      ...record,
      lastEvent: record.lastEvent + 1,
      folded: record.folded + (joins ? 1 : 0),
      foldedIntoLast: joins ? record.foldedIntoLast + 1 : 0,
      endsFolding: folds,
    }
    const { lastEvent: number, foldedIntoLast: folded } = record
    return { slot: keptEvents(record), event: { number, kind, at, data: JSON.stringify(data), folded } }
  })
  return { record, events }
}

export function keptEvents({ lastEvent, folded }: Pick<PollRecord, 'lastEvent' | 'folded'>): number {
  return lastEvent - folded
}

/** Between the parts of a card or an event; none but the last holds it. */
export const SEPARATOR = '\u001f'
const PLACE_DIGITS = 16

/** What lists are made of: plain text that Restate's SQL can sort, by place, and filter. It changes with the status. */
export function pollCard({ place, name, task, state, isPaused }: PollRecord): string {
  const parts = [
    String(place).padStart(PLACE_DIGITS, '0'),
    'poll',
    statusOf(state, isPaused),
    '',
    name ?? '',
    new URL(task.url).origin,
  ]
  return parts.map((part) => part.replaceAll(SEPARATOR, ' ')).join(SEPARATOR)
}

export function placeOfCard(card: string): number {
  return Number(card.slice(0, PLACE_DIGITS))
}

/** The text of an event as it is kept: SQL filters it by its first parts, number and kind. */
export function eventText({ number, kind, at, folded, data }: StoredEvent): string {
  return [number, kind, at, folded, data].join(SEPARATOR)
}

export function eventOfText(text: string): StoredEvent {
  const [number, kind = '', at, folded, ...data] = text.split(SEPARATOR)
  return { number: Number(number), kind, at: Number(at), folded: Number(folded), data: data.join(SEPARATOR) }
}
