import type { PollTask } from '../../../src/core/task.ts'

/** The `bide poll` command that does the same, for a POSIX shell; masked values stay masked. */
export function asCommand(task: PollTask): string {
  const { success, failure, pending } = task.exitCriteria
  const { backoff } = task
  const flags: readonly (readonly [string, string | number | null])[] = [
    ['--request', task.method === 'GET' ? null : task.method],
    ['--data', task.payload],
    ['--count', task.pollCount === 60 ? null : task.pollCount],
    ['--interval', task.pollIntervalSeconds === 5 ? null : `${task.pollIntervalSeconds}s`],
    ['--success', success],
    ['--failure', failure],
    ['--pending', pending],
    ['--timeout', task.timeoutSeconds === null ? null : `${task.timeoutSeconds}s`],
    ['--request-timeout', task.requestTimeoutSeconds === 30 ? null : `${task.requestTimeoutSeconds}s`],
    ['--initial-delay', task.initialDelaySeconds === 0 ? null : `${task.initialDelaySeconds}s`],
    [
      '--backoff',
      backoff === null
        ? null
        : `factor=${backoff.factor},max=${backoff.maxSeconds}s,jitter=${backoff.jitter}`,
    ],
    ['--success-threshold', task.successThreshold === 1 ? null : task.successThreshold],
    ['--progress', task.progress],
    ['--stall', task.stallSeconds === null ? null : `${task.stallSeconds}s`],
    ...Object.entries(task.headers).map(([name, value]) => ['--header', `${name}: ${value}`] as const),
  ]
  const given = flags.flatMap(([flag, value]) => (value === null ? [] : [`${flag} ${quoted(String(value))}`]))
  const ignoring =
    task.ignoreFailure === true
      ? ['--ignore-intermediate-failure']
      : task.ignoreFailure
        ? ['--ignore-intermediate-failure=transient']
        : []
  return [`bide poll ${quoted(task.url)}`, ...given, ...ignoring].join(' \\\n  ')
}

function quoted(text: string): string {
  return /^[\w./:@%+=,-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`
}
