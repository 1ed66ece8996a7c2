import { taskRedactor } from './embedded/mask.ts'
import { type Shown, statusOf } from './embedded/poll-view.ts'
import type { RunRow } from './executions.ts'

/** A poll as a line of a list. */
export function pollRow({ id, name, task, state, isPaused }: Shown): RunRow {
  const isWaiting = state.kind === 'waiting'
  return {
    kind: 'poll',
    id,
    name,
    pipeline: null,
    status: statusOf(state, isPaused),
    outcome: isWaiting ? null : state.outcome,
    message: isWaiting ? null : taskRedactor(task).text(state.message),
    iterationCount: state.iterationCount,
    pollCount: task.pollCount,
    lastCode: state.last?.code ?? null,
    verdicts: state.recent,
    nextAttemptAt: isWaiting && !isPaused ? new Date(state.dueAt).toISOString() : null,
    startedAt: new Date(state.startedAt).toISOString(),
    endedAt: isWaiting ? null : new Date(state.endedAt).toISOString(),
    executionIndex: null,
    requestBy: null,
  }
}
