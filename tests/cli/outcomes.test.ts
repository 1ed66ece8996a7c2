import { describe, expect, it } from 'vitest'
import type { ServerAnswer } from '../../src/testing/index.ts'
import { farJobs } from './far-jobs.ts'
import { runBide, startBide } from './run-bide.ts'

const far = farJobs()

const CRITERIA = [
  '--success',
  'status == "FINISHED"',
  '--failure',
  'status == "FAILED"',
  '--interval',
  '20ms',
]
const running: ServerAnswer = { json: { status: 'INPROGRESS', progress: 10 } }
const finished: ServerAnswer = { json: { status: 'FINISHED', progress: 100 } }
const failed: ServerAnswer = { json: { status: 'FAILED' } }
const busy: ServerAnswer = { status: 503, body: 'busy' }
const IGNORE = '--ignore-intermediate-failure'

interface Row {
  readonly when: string
  readonly answers: readonly ServerAnswer[]
  readonly args?: readonly string[]
  readonly code: number
  readonly says: RegExp
  readonly requests?: number
}

describe('the exit code says how the job ended, and stderr why', () => {
  it.each<Row>([
    {
      when: 'it finishes',
      answers: [running, finished],
      code: 0,
      says: /Succeeded after 2 attempts/,
      requests: 2,
    },
    {
      when: 'it fails',
      answers: [running, failed],
      code: 1,
      says: /Failed after 2 attempts.*status is "FAILED"/s,
    },
    {
      when: 'the count is used up',
      answers: [running],
      args: ['--count', '3'],
      code: 3,
      says: /Gave up after 3 attempts.*status is "INPROGRESS"/s,
      requests: 3,
    },
    {
      when: 'the time is over',
      answers: [running],
      args: ['--timeout', '300ms'],
      code: 3,
      says: /Timed out/,
    },
    {
      when: 'progress stands still',
      answers: [running],
      args: ['--progress', 'progress', '--stall', '60ms'],
      code: 3,
      says: /Stalled.*stood at 10/s,
    },
    {
      when: 'a 503 comes first',
      answers: [busy, finished],
      code: 4,
      says: /Broken off after 1 attempt.*503.*ignore-intermediate-failure=transient/s,
      requests: 1,
    },
    {
      when: 'a 503 comes first and is ignored',
      answers: [busy, busy, finished],
      args: [IGNORE],
      code: 0,
      says: /Succeeded after 3/,
    },
    {
      when: 'a 503 comes first and can heal',
      answers: [busy, finished],
      args: [`${IGNORE}=transient`],
      code: 0,
      says: /Succeeded after 2/,
    },
    {
      when: 'a 404 comes first, which cannot heal',
      answers: [{ status: 404 }, finished],
      args: [`${IGNORE}=transient`],
      code: 4,
      says: /404/,
    },
    { when: 'the connection is reset', answers: ['reset'], code: 4, says: /ECONNRESET|reset|hang up/ },
    {
      when: 'the connection is reset first, and that is ignored',
      answers: ['reset', 'reset', finished],
      args: [`${IGNORE}=transient`],
      code: 0,
      says: /Succeeded after 3/,
    },
    {
      when: 'the server hangs',
      answers: ['hang'],
      args: ['--request-timeout', '150ms'],
      code: 4,
      says: /no answer|timed out|150 ms|0\.2 s|within/i,
    },
    {
      when: 'the server hangs until the deadline',
      answers: ['hang'],
      args: ['--timeout', '200ms'],
      code: 3,
      says: /Timed out/,
    },
    {
      when: 'the body drips without an end',
      answers: ['drip'],
      args: ['--request-timeout', '150ms'],
      code: 4,
      says: /Broken off/,
    },
    { when: 'the body is cut short', answers: ['truncate'], code: 4, says: /Broken off/ },
    { when: 'a login page comes with 200', answers: ['html-login'], code: 4, says: /not JSON/ },
    {
      when: 'a gzip bomb comes',
      answers: ['gzip-bomb'],
      code: 4,
      says: /5 MiB|5242880|larger|too large|maxBodyBytes/i,
    },
    { when: 'redirects go in a circle', answers: ['redirect-loop'], code: 4, says: /redirect/i, requests: 6 },
    {
      when: 'both conditions hold',
      answers: [finished],
      args: ['--failure', 'progress == 100'],
      code: 1,
      says: /Failed.*success condition held as well/s,
    },
  ])('$when: $code', async ({ answers, args = [], code, says, requests, when }) => {
    const before = far().requests.length
    const ran = await runBide([
      'poll',
      far().route(`/${encodeURIComponent(when)}`, ...answers),
      ...CRITERIA,
      ...args,
    ])
    expect(ran.stderr).toMatch(says)
    expect([ran.code, ran.stdout]).toEqual([code, ''])
    if (requests !== undefined) expect(far().requests.length - before).toBe(requests)
  })

  it('a refused connection is broken, and names the address', async () => {
    const ran = await runBide(['poll', 'http://127.0.0.1:1/', ...CRITERIA])
    expect([ran.code, ran.stdout]).toEqual([4, ''])
    expect(ran.stderr).toContain('ECONNREFUSED 127.0.0.1:1')
  })

  it('--data is sent by POST with every attempt', async () => {
    const url = far().route('/by-post', running, finished)
    expect((await runBide(['poll', url, ...CRITERIA, '-d', '{"a":1}'])).code).toBe(0)
    expect(
      far()
        .requests.slice(-2)
        .map(({ method, body }) => [method, body]),
    ).toEqual(Array(2).fill(['POST', '{"a":1}']))
  })
})

describe('a signal cancels and is reported', () => {
  it.each([
    ['SIGINT', 130, 'while it waits', running],
    ['SIGTERM', 143, 'while it waits', running],
    ['SIGINT', 130, 'while a request hangs', 'hang'],
    ['SIGTERM', 143, 'while a request hangs', 'hang'],
  ] as const)('%s: %i %s', async (signal, code, _, answer) => {
    const url = far().route(`/cancelled-${signal}-${typeof answer}`, running, answer)
    const interval = answer === 'hang' ? '20ms' : '1h'
    const bide = startBide(['poll', url, ...CRITERIA, '--interval', interval, '--json'])
    const before = far().requests.length
    await bide.says('attempt 1/60')
    if (answer === 'hang') await expect.poll(() => far().requests.length - before).toBeGreaterThanOrEqual(1)
    bide.process.kill(signal)
    const ran = await bide.ended
    expect(ran.code).toBe(code)
    expect(ran.stderr).toContain(`Cancelled after 1 attempt`)
    expect(ran.stderr).toContain(`by ${signal}`)
    expect(JSON.parse(ran.stdout)).toMatchObject({
      outcome: 'cancelled',
      status: 'CANCELED',
      iterationCount: 1,
    })
  })

  it('141 when the reader of stdout goes away: it does not look like success', async () => {
    const bide = startBide([
      'poll',
      far().route('/unread', running),
      ...CRITERIA,
      '--jsonl',
      '--count',
      '100',
    ])
    await bide.says('attempt 1/100')
    bide.process.stdout.destroy()
    const ran = await bide.ended
    expect(ran.code).toBe(141)
    expect(ran.stderr).toContain('nobody reads stdout any more')
  })
})
