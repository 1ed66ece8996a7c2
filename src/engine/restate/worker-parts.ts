import type { Effects } from '../effects.ts'
import type { Sealer } from '../embedded/sealer.ts'
import type { CriteriaOf } from '../embedded/shared-criteria.ts'
import type { Budget } from './budget.ts'
import type { Holding } from './holding.ts'

/** What the objects of a worker have in common. */
export interface WorkerParts {
  readonly sealer: Sealer
  readonly effects: Effects
  readonly criteriaOf: CriteriaOf
  readonly budget: Budget
  readonly holding: Holding
  /** Hears of what goes wrong with no caller to be told. */
  readonly onProblem: (error: unknown) => void
  /** How long a run is kept after its end. */
  readonly keepMs: number
  /** So long Restate waits for a handler that waits, before it has it start anew; 0 has each of them do so always. */
  readonly inactivityMs?: number | undefined
}

/**
 * How Restate is to handle what is asked of an object. By default it would pause what has failed 70 times, wait for a
 * person then, and send all of an object's state, with every event, along with each message.
 */
export const HANDLING = {
  enableLazyState: true,
  journalRetention: 0,
  /** An attempt may take as long as its own time-out says; and whoever is cut off hears of no cancel. */
  inactivityTimeout: 86_400_000,
  abortTimeout: 86_400_000,
  retryPolicy: {
    initialInterval: 100,
    exponentiationFactor: 2,
    maxInterval: 30_000,
    maxAttempts: 1_000_000_000,
  },
}

/** How it is to handle what makes requests, which may take long. */
export function handlingOf({ inactivityMs = HANDLING.inactivityTimeout }: WorkerParts) {
  return { ...HANDLING, inactivityTimeout: inactivityMs }
}

/** For messages between objects: nobody can send them from outside. */
export const PRIVATE = { ingressPrivate: true }
