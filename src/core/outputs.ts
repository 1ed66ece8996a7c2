import { parseJson } from './json.ts'
import type { Outcome, PollState } from './poll.ts'
import type { Redactor } from './redact.ts'
import type { PollTask } from './task.ts'

/** Status of a task, as pipelines show it. */
export type TaskStatus = 'RUNNING' | 'COMPLETED' | 'FAILED' | 'CANCELED'

/** The eleven outputs of a Poll task, under exactly these names. */
export interface PollOutputs {
  readonly status: TaskStatus
  /** Attempts made. */
  readonly iterationCount: number
  /** Attempts allowed. */
  readonly pollCount: number
  /** The text of the condition that ended the task; of the success condition where none did. */
  readonly expectedResponse: string
  /** Of the last response, names in lower case. */
  readonly responseHeaders: Readonly<Record<string, string>>
  readonly responseBody: string
  /** `pollIntervalSeconds`. */
  readonly interval: number
  /** The URL after bindings. */
  readonly processedUrl: string
  /** The parsed body, null when it is not JSON; integers beyond 2^53 are `bigint`. */
  readonly responseJson: unknown
  /** As sent, secrets masked. */
  readonly inputHeaders: Readonly<Record<string, string>>
  /** Of the last response, null if there never was one. */
  readonly responseCode: number | null
}

const STATUS_OF_OUTCOME: Readonly<Record<Outcome, TaskStatus>> = {
  succeeded: 'COMPLETED',
  failed: 'FAILED',
  exhausted: 'FAILED',
  'timed-out': 'FAILED',
  stalled: 'FAILED',
  broken: 'FAILED',
  cancelled: 'CANCELED',
}

/** The outputs of a task in any state, with every secret masked. */
export function pollOutputs(
  task: PollTask,
  state: PollState,
  redactor: Redactor,
  successSource: string,
): PollOutputs {
  const body = state.last?.body ?? ''
  return {
    status: taskStatus(state),
    iterationCount: state.iterationCount,
    pollCount: task.pollCount,
    expectedResponse: redactor.text((state.kind === 'done' ? state.decidedBy : null) ?? successSource),
    responseHeaders: redactor.headers(state.last?.headers ?? {}),
    responseBody: redactor.text(body),
    interval: task.pollIntervalSeconds,
    processedUrl: redactor.url(task.url),
    responseJson: redactor.json(parseJson(body) ?? null),
    inputHeaders: redactor.headers(task.headers),
    responseCode: state.last?.code ?? null,
  }
}

export function taskStatus(state: PollState): TaskStatus {
  return state.kind === 'waiting' ? 'RUNNING' : STATUS_OF_OUTCOME[state.outcome]
}
