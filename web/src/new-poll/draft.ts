import type { PollTask, PollTaskInput } from '../../../src/core/task.ts'

/** The form as it is typed: every field is text. */
export interface Draft {
  readonly name: string
  readonly url: string
  readonly pollCount: string
  readonly pollIntervalSeconds: string
  readonly ignoreFailure: boolean
  /** Of intermediate failures, only those that can heal by themselves. */
  readonly ignoreTransientOnly: boolean
  readonly headers: readonly HeaderRow[]
  readonly success: string
  readonly failure: string
  readonly method: string
  readonly payload: string
  readonly pending: string
  readonly timeoutSeconds: string
  readonly requestTimeoutSeconds: string
  readonly initialDelaySeconds: string
  readonly backoffFactor: string
  readonly backoffMaxSeconds: string
  readonly backoffJitter: string
  readonly maxBodyBytes: string
  readonly successThreshold: string
  readonly progress: string
  readonly stallSeconds: string
}

export interface HeaderRow {
  /** Tells rows apart while they are typed. */
  readonly key: number
  readonly name: string
  readonly value: string
}

let lastKey = 0

export function headerRow(name = '', value = ''): HeaderRow {
  return { key: ++lastKey, name, value }
}

/** What the original's form begins with. */
export function emptyDraft(): Draft {
  return {
    name: '',
    url: '',
    pollCount: '5',
    pollIntervalSeconds: '60',
    ignoreFailure: false,
    ignoreTransientOnly: false,
    headers: [headerRow('Accept', 'application/json'), headerRow('Content-Type', 'application/json')],
    success: '',
    failure: '',
    method: '',
    payload: '',
    pending: '',
    timeoutSeconds: '',
    requestTimeoutSeconds: '',
    initialDelaySeconds: '',
    backoffFactor: '',
    backoffMaxSeconds: '',
    backoffJitter: '',
    maxBodyBytes: '',
    successThreshold: '',
    progress: '',
    stallSeconds: '',
  }
}

/** The task that a draft says; what is empty is left to its default. */
export function taskOf(draft: Draft): PollTaskInput {
  const given = draft.headers.filter(({ name, value }) => name !== '' || value !== '')
  const { backoffFactor, backoffMaxSeconds, backoffJitter } = draft
  const backoff = { factor: backoffFactor, maxSeconds: backoffMaxSeconds, jitter: backoffJitter }
  const grown = Object.entries(backoff).filter(([, value]) => value !== '')
  const task = {
    url: draft.url.trim(),
    ...filled(draft, ['method', 'payload', 'pollCount', 'pollIntervalSeconds', 'timeoutSeconds']),
    ...filled(draft, [
      'requestTimeoutSeconds',
      'initialDelaySeconds',
      'successThreshold',
      'progress',
      'stallSeconds',
      'maxBodyBytes',
    ]),
    ignoreFailure: draft.ignoreFailure && draft.ignoreTransientOnly ? 'transient' : draft.ignoreFailure,
    headers: Object.fromEntries(given.map(({ name, value }) => [name.trim(), value])),
    exitCriteria: filled(draft, ['success', 'failure', 'pending']),
    ...(grown.length > 0 && { backoff: Object.fromEntries(grown) }),
  }
  return task as PollTaskInput
}

function filled(draft: Draft, keys: readonly (keyof Draft)[]): Record<string, unknown> {
  return Object.fromEntries(keys.map((key) => [key, draft[key]]).filter(([, value]) => value !== ''))
}

/** A draft of a poll that was made before; what is masked there has to be typed again. */
export function draftOf({ name, task }: { name: string | null; task: PollTask }): Draft {
  const text = (value: string | number | null | undefined, unless?: number) =>
    value === null || value === undefined || value === unless ? '' : unmasked(String(value))
  const { exitCriteria, backoff } = task
  return {
    name: name ?? '',
    url: task.url,
    pollCount: String(task.pollCount),
    pollIntervalSeconds: String(task.pollIntervalSeconds),
    ignoreFailure: task.ignoreFailure !== false,
    ignoreTransientOnly: task.ignoreFailure === 'transient',
    headers: Object.entries(task.headers).map(([header, value]) => headerRow(header, unmasked(value))),
    success: text(exitCriteria.success),
    failure: text(exitCriteria.failure),
    pending: text(exitCriteria.pending),
    method: task.method === 'GET' ? '' : task.method,
    payload: text(task.payload),
    timeoutSeconds: text(task.timeoutSeconds),
    requestTimeoutSeconds: text(task.requestTimeoutSeconds, 30),
    initialDelaySeconds: text(task.initialDelaySeconds, 0),
    backoffFactor: text(backoff?.factor),
    backoffMaxSeconds: text(backoff?.maxSeconds),
    backoffJitter: text(backoff?.jitter, 0),
    maxBodyBytes: text(task.maxBodyBytes, 5 * 1024 * 1024),
    successThreshold: text(task.successThreshold, 1),
    progress: text(task.progress),
    stallSeconds: text(task.stallSeconds),
  }
}

function unmasked(value: string): string {
  return value === '******' ? '' : value
}
