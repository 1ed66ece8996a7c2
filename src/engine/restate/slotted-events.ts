import type { StoredEvent } from '../../store/store.ts'
import type { Happening } from '../embedded/keeper.ts'
import type { MovedRun } from '../moved-run.ts'

/** What a record knows of its events without reading them. */
export interface EventCounts {
  /** The number of the last one. */
  readonly lastEvent: number
  /** How many were folded into others, and how many of them into the last one. */
  readonly folded: number
  readonly foldedIntoLast: number
  readonly endsFolding: boolean
}

export const NO_EVENTS: EventCounts = { lastEvent: 0, folded: 0, foldedIntoLast: 0, endsFolding: false }

/** An event with the slot that it is kept in: attempts alike share one, in which the last is. */
export interface SlottedEvent {
  readonly slot: number
  readonly event: StoredEvent
}

/** The record with events numbered on; `events` is what is to be kept of them. */
export function withHappenings<T extends EventCounts>(
  before: T,
  happenings: readonly Happening[],
  at: number,
): { readonly record: T; readonly events: readonly SlottedEvent[] } {
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

/** The counts of a run whose events come along, one a slot. */
export function countsOfMoved({ events, lastEvent }: Pick<MovedRun, 'events' | 'lastEvent'>): EventCounts {
  return { ...NO_EVENTS, lastEvent, folded: lastEvent - events.length }
}

export function keptEvents({ lastEvent, folded }: Pick<EventCounts, 'lastEvent' | 'folded'>): number {
  return lastEvent - folded
}

/** Between the parts of a card or an event; none but the last holds it. */
export const SEPARATOR = '\u001f'

/** The text of an event as it is kept: SQL filters it by its first parts, number and kind. */
export function eventText({ number, kind, at, folded, data }: StoredEvent): string {
  return [number, kind, at, folded, data].join(SEPARATOR)
}

export function eventOfText(text: string): StoredEvent {
  const [number, kind = '', at, folded, ...data] = text.split(SEPARATOR)
  return { number: Number(number), kind, at: Number(at), folded: Number(folded), data: data.join(SEPARATOR) }
}
