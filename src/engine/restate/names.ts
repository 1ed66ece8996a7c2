/**
 * What Restate knows of bide: an object for each poll and each execution, one for each pipeline that admits executions,
 * one for each shelf of the catalog, and one by which workers know of each other.
 */
export const POLLS = 'bidePoll'
export const WORKERS = 'bideWorkers'
export const EXECUTIONS = 'bideExecution'
export const PIPELINES = 'bidePipeline'
export const CATALOG = 'bideCatalog'

/** Keys of a run's state. */
export const RECORD = 'record'
export const CARD = 'card'
/** The invocation that stays with a poll, or did last. */
export const HOLDER = 'holder'
/** What an execution stands on. */
export const SOURCES = 'sources'

/** The key of an event: they sort as their slots do. */
export function eventKey(slot: number): string {
  return `${EVENT}${String(slot).padStart(10, '0')}`
}

export const EVENT = 'event '
/** Sorts behind every event. */
export const BEHIND_EVENTS = 'event ~'
