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
  readonly lastEvent: number
}

/** What a submission hands to the poll's object. */
export interface PollBeginning extends Pick<PollRecord, 'id' | 'name' | 'place' | 'digest' | 'task'> {
  readonly startedAt: number
}

export function beginRecord({ startedAt, ...beginning }: PollBeginning): PollRecord {
  const state = start(beginning.task, startedAt)
  return { ...beginning, state, isPaused: false, turn: 1, lastEvent: 0 }
}

export function sealRecord(sealer: Sealer, record: PollRecord): Uint8Array {
  return sealer.seal(JSON.stringify(record), `poll ${record.id}`)
}

export function openRecord(sealer: Sealer, sealed: Uint8Array, id: string): PollRecord {
  return JSON.parse(sealer.open(sealed, `poll ${id}`)) as PollRecord
}

/** The record with events numbered on; `events` is what is to be kept of them. */
export function withHappenings(
  record: PollRecord,
  happenings: readonly Happening[],
  at: number,
): { readonly record: PollRecord; readonly events: readonly StoredEvent[] } {
  const events = happenings.map(({ kind, data }, index) => ({
    number: record.lastEvent + index + 1,
    kind,
    at,
    data: JSON.stringify(data),
    folded: 0,
  }))
  return { record: { ...record, lastEvent: record.lastEvent + events.length }, events }
}

/** Between the parts of a card; no part holds it. */
export const CARD_SEPARATOR = '\u001f'
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
  return parts.map((part) => part.replaceAll(CARD_SEPARATOR, ' ')).join(CARD_SEPARATOR)
}

export function placeOfCard(card: string): number {
  return Number(card.slice(0, PLACE_DIGITS))
}

/** The text of an event as it is kept: SQL filters it by its beginning. */
export function eventText({ kind, at, data }: StoredEvent): string {
  return [kind, at, data].join(CARD_SEPARATOR)
}

export function eventOfText(number: number, text: string): StoredEvent {
  const [kind = '', at = '', ...data] = text.split(CARD_SEPARATOR)
  return { number, kind, at: Number(at), data: data.join(CARD_SEPARATOR), folded: 0 }
}
