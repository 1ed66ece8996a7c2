import type { Option } from './option.ts'

/** What takes a condition. */
export const condition = { value: 'CONDITION', kind: 'text' } as const

/** The flags of a Poll task, which `poll` and `submit` take. */
export const TASK_OPTIONS: readonly Option[] = [
  {
    flag: 'success',
    key: 'exitCriteria.success',
    ...condition,
    help: 'ends the poll as succeeded (default: a 2xx code)',
  },
  {
    flag: 'failure',
    key: 'exitCriteria.failure',
    ...condition,
    help: 'ends the poll as failed; asked first',
  },
  {
    flag: 'pending',
    key: 'exitCriteria.pending',
    ...condition,
    help: '"still at it"; what meets none of the three is broken',
  },
  { flag: 'count', key: 'pollCount', value: 'N', kind: 'integer', help: 'attempts at most (60)' },
  {
    flag: 'interval',
    key: 'pollIntervalSeconds',
    value: 'TIME',
    kind: 'duration',
    help: 'pause between attempts, as in 500ms, 10s, 5m, 1h (5s)',
  },
  {
    flag: 'ignore-intermediate-failure',
    key: 'ignoreFailure',
    value: '[=transient]',
    kind: 'ignore-failure',
    help: 'broken attempts count as pending; transient: only those that can heal',
  },
  {
    flag: 'header',
    short: 'H',
    value: 'NAME: VALUE',
    repeatable: true,
    help: 'sent with every attempt; env:NAME or file:PATH as the value (or after its first word) is a secret',
  },
  {
    flag: 'header-file',
    value: 'FILE',
    repeatable: true,
    help: 'headers, one a line; their values are secrets',
  },
  { flag: 'request', short: 'X', key: 'method', value: 'METHOD', kind: 'text', help: 'the method (GET)' },
  {
    flag: 'data',
    short: 'd',
    value: 'TEXT|@FILE',
    help: 'the body, sent anew with every attempt; implies POST',
  },
  {
    flag: 'timeout',
    key: 'timeoutSeconds',
    value: 'TIME',
    kind: 'duration',
    help: 'the whole task, from its start (none)',
  },
  {
    flag: 'request-timeout',
    key: 'requestTimeoutSeconds',
    value: 'TIME',
    kind: 'duration',
    help: 'one attempt, connect to last byte (30s)',
  },
  {
    flag: 'initial-delay',
    key: 'initialDelaySeconds',
    value: 'TIME',
    kind: 'duration',
    help: 'before the first attempt (0s)',
  },
  {
    flag: 'backoff',
    key: 'backoff',
    value: 'FACTOR',
    kind: 'backoff',
    help: 'grows the interval: 2, or factor=2,max=60s,jitter=0.2',
  },
  {
    flag: 'success-threshold',
    key: 'successThreshold',
    value: 'N',
    kind: 'integer',
    help: 'attempts in a row that must succeed (1)',
  },
  {
    flag: 'progress',
    key: 'progress',
    value: 'EXPRESSION',
    kind: 'text',
    help: 'a number out of the response, such as progress',
  },
  {
    flag: 'stall',
    key: 'stallSeconds',
    value: 'TIME',
    kind: 'duration',
    help: 'no change of progress for so long ends the poll',
  },
  {
    flag: 'max-body',
    key: 'maxBodyBytes',
    value: 'BYTES',
    kind: 'bytes',
    help: 'decoded, as in 500k, 5M (5M)',
  },
  { flag: 'file', short: 'f', value: 'FILE', help: 'a task in YAML or JSON; flags win over it' },
]
