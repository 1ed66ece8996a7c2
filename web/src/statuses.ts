import type { RunStatus, TaskRunStatus } from '../../src/pipeline/run-state.ts'

export type ShownStatus = RunStatus | TaskRunStatus

/** A status as shape, colour (by its tone) and word. */
export interface StatusLook {
  readonly mark: string
  readonly tone: 'idle' | 'running' | 'good' | 'bad' | 'warn' | 'off'
  readonly word: string
}

/** One table for runs, stages and tasks. */
export const STATUS_LOOKS: Readonly<Record<ShownStatus, StatusLook>> = {
  NOT_STARTED: { mark: '○', tone: 'idle', word: 'not started' },
  QUEUED: { mark: '…', tone: 'idle', word: 'queued' },
  RUNNING: { mark: '◔', tone: 'running', word: 'running' },
  PAUSING: { mark: '‖', tone: 'warn', word: 'pausing' },
  PAUSED: { mark: '‖', tone: 'warn', word: 'paused' },
  COMPLETED: { mark: '✓', tone: 'good', word: 'completed' },
  FAILED: { mark: '✕', tone: 'bad', word: 'failed' },
  FAILED_CONTINUE: { mark: '!', tone: 'warn', word: 'failed, went on' },
  SKIPPED: { mark: '⤼', tone: 'off', word: 'skipped' },
  CANCELED: { mark: '⊘', tone: 'off', word: 'cancelled' },
  ROLLING_BACK: { mark: '↩', tone: 'warn', word: 'rolling back' },
  ROLLBACK_COMPLETED: { mark: '↩', tone: 'bad', word: 'failed, rolled back' },
  ROLLBACK_FAILED: { mark: '✕', tone: 'bad', word: 'rollback failed' },
}

/** How a status looks; one that this page does not know is shown as it is. */
export function lookOf(status: string): StatusLook {
  return STATUS_LOOKS[status as ShownStatus] ?? { mark: '?', tone: 'idle', word: status.toLowerCase() }
}
