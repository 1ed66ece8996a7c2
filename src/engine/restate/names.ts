/** What Restate knows of bide: an object for each poll, and one by which workers know of each other. */
export const POLLS = 'bidePoll'
export const WORKERS = 'bideWorkers'

/** Keys of a poll's state. */
export const RECORD = 'record'
export const CARD = 'card'

/** The key of an event: they sort as their numbers do. */
export function eventKey(number: number): string {
  return `${EVENT}${String(number).padStart(10, '0')}`
}

export const EVENT = 'event '
/** Sorts behind every event. */
export const BEHIND_EVENTS = 'event ~'
