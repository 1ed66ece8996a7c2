import { BideError } from '../core/errors.ts'
import type { PollState } from '../core/poll.ts'
import type { PollTask } from '../core/task.ts'
import type { RunState } from '../pipeline/run-state.ts'
import type { RunContext } from '../pipeline/scope.ts'
import type { EventCounts, StoredEvent } from '../store/store.ts'
import type { ExecutionSources } from './execution-context.ts'
import type { Webhook } from './webhook.ts'

interface Moved extends EventCounts {
  readonly id: string
  readonly createdAt: number
  readonly events: readonly StoredEvent[]
}

export interface MovedPoll extends Moved {
  readonly kind: 'poll'
  readonly name: string | null
  /** By a person: it is paused where it goes as well. */
  readonly isPaused: boolean
  readonly task: PollTask
  readonly state: PollState
  readonly webhook: Webhook | null
}

export interface MovedExecution extends Moved {
  readonly kind: 'execution'
  readonly sources: ExecutionSources
  readonly run: RunState
}

/** A run that has not ended, as it goes from one engine to another: nothing in it is of the engine that it comes from. */
export type MovedRun = MovedPoll | MovedExecution

/** Moves runs out of an engine, and into it. */
export interface RunMover {
  /** Runs that have not ended, the oldest first. */
  open(): Promise<readonly string[]>
  /** Holds a run where it is, which does nothing there from then on, and gives it; null where it has ended. */
  take(id: string): Promise<MovedRun | null>
  /** False where a run of that id is there already. @throws BideError `invalid-file` where it cannot be carried on here. */
  put(run: MovedRun): Promise<boolean>
}

/** Of the event by which a run is held that was moved away. */
export const MOVED_AWAY = 'moved-away'
/** Of the event by which a run has come. */
export const MOVED_HERE = 'moved-here'

/** Whether a person had paused a poll: one that is held since an earlier move was perhaps paused by nothing else. */
export function wasPaused(events: readonly StoredEvent[], isPaused: boolean): boolean {
  const held = events.findLast(({ kind }) => kind === MOVED_AWAY || kind === 'paused' || kind === 'resumed')
  if (!isPaused || held?.kind !== MOVED_AWAY) return isPaused
  return (JSON.parse(held.data) as { wasPaused: boolean }).wasPaused
}

/** @throws BideError where the definition of an execution does not fit where it goes. */
export function requireFitting(
  { id, sources }: MovedExecution,
  contextOf: (sources: ExecutionSources) => RunContext,
): void {
  try {
    contextOf(sources)
  } catch (cause) {
    if (!(cause instanceof BideError)) throw cause
    const [why] = cause.message.split('\n')
    throw new BideError('invalid-file', `the execution ${id} does not fit here: ${why}`, { cause })
  }
}
