import { expect, it } from 'vitest'
import { InvalidTaskError } from './errors.ts'
import { parsePollTask } from './task.ts'

const url = 'https://host/job'

it('fills in every default', () => {
  expect(parsePollTask({ url })).toEqual({
    url,
    method: 'GET',
    headers: {},
    payload: null,
    pollCount: 60,
    pollIntervalSeconds: 5,
    ignoreFailure: false,
    exitCriteria: { success: null, failure: null, pending: null },
    timeoutSeconds: null,
    requestTimeoutSeconds: 30,
    initialDelaySeconds: 0,
    backoff: null,
    successThreshold: 1,
    progress: null,
    stallSeconds: null,
    maxBodyBytes: 5 * 1024 * 1024,
  })
})

it('takes numeric strings, as files spell numbers', () => {
  expect(parsePollTask({ url, pollCount: '7', pollIntervalSeconds: '0.5' })).toMatchObject({
    pollCount: 7,
    pollIntervalSeconds: 0.5,
  })
})

it.each<[string, unknown, string]>([
  ['no url', {}, 'url: is required'],
  ['a url of another scheme', { url: 'ftp://host' }, 'url: expected an http or https URL'],
  ['a url without scheme', { url: 'host/path' }, 'url: expected an http or https URL'],
  ['a count of zero', { url, pollCount: 0 }, 'pollCount: must be at least 1'],
  ['a count that is no number', { url, pollCount: 'many' }, 'pollCount: expected a number'],
  ['an interval of zero', { url, pollIntervalSeconds: 0 }, 'pollIntervalSeconds: must be above 0'],
  [
    'a header that breaks the line',
    { url, headers: { a: 'x\r\ny: z' } },
    'headers.a: a header value must not hold',
  ],
  ['a header name with a blank', { url, headers: { 'a b': 'x' } }, 'headers.a b: a header name holds'],
  ['an unknown key', { url, interval: 5 }, 'interval: is no key of a poll task'],
  ['an unknown criterion', { url, exitCriteria: { sucess: 'x' } }, 'exitCriteria.sucess: is no key'],
  [
    'another ignoreFailure',
    { url, ignoreFailure: 'all' },
    "ignoreFailure: expected true, false or 'transient'",
  ],
  ['a stall without progress', { url, stallSeconds: 5 }, 'stallSeconds: needs progress'],
  [
    'a threshold beyond the count',
    { url, pollCount: 2, successThreshold: 3 },
    'successThreshold: can never be reached',
  ],
  [
    'a delay beyond the timeout',
    { url, timeoutSeconds: 2, initialDelaySeconds: 3 },
    'initialDelaySeconds: the first',
  ],
  ['a task that is no object', 5, 'task: '],
])('refuses %s', (_, input, message) => {
  expect(() => parsePollTask(input)).toThrowError(InvalidTaskError)
  expect(() => parsePollTask(input)).toThrowError(message)
})

it('names every problem, not only the first', () => {
  expect(() => parsePollTask({ url, pollCount: 0, successThreshold: -1 })).toThrowError(
    /pollCount.*\n.*successThreshold/,
  )
})
