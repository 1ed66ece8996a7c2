/** What Restate knows of bide: an object for each poll, and one by which workers know of each other. */
export const POLLS = 'bidePoll'
export const WORKERS = 'bideWorkers'

/** Keys of a poll's state. */
export const RECORD = 'record'
export const CARD = 'card'

/** The key of an event: they sort as their slots do. */
export function eventKey(slot: number): string {
  return `${EVENT}${String(slot).padStart(10, '0')}`
}

export const EVENT = 'event '
/** Sorts behind every event. */
export const BEHIND_EVENTS = 'event ~'
