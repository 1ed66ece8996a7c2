import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { farJobs } from './far-jobs.ts'
import { runBide } from './run-bide.ts'
import { temporaryFolder } from './temporary-folder.ts'

const far = farJobs()
const folder = temporaryFolder()

const ELEVEN = [
  'status',
  'iterationCount',
  'pollCount',
  'expectedResponse',
  'responseHeaders',
  'responseBody',
  'interval',
  'processedUrl',
  'responseJson',
  'inputHeaders',
  'responseCode',
]
const CRITERIA = [
  '--success',
  'status == "FINISHED"',
  '--failure',
  'status == "FAILED"',
  '--interval',
  '20ms',
]

describe('stdout carries what was asked for', () => {
  it('--json: the eleven outputs, outcome, message, startedAt, endedAt, attempts', async () => {
    const ran = await runBide(['poll', far().job({ polls: 2 }), ...CRITERIA, '--json'])
    const result = JSON.parse(ran.stdout)
    expect(Object.keys(result).sort()).toEqual(
      [...ELEVEN, 'outcome', 'message', 'startedAt', 'endedAt', 'attempts'].sort(),
    )
    expect(result).toMatchObject({
      status: 'COMPLETED',
      outcome: 'succeeded',
      iterationCount: 3,
      pollCount: 60,
      expectedResponse: 'status == "FINISHED"',
      interval: 0.02,
      responseCode: 200,
      responseJson: { status: 'FINISHED', progress: 100 },
    })
    expect(result.attempts.map((entry: { verdict: string }) => entry.verdict)).toEqual([
      'pending',
      'pending',
      'succeeded',
    ])
  })

  it('--jsonl: a line an attempt, then the result', async () => {
    const ran = await runBide(['poll', far().job({ polls: 2 }), ...CRITERIA, '--jsonl'])
    const lines = ran.stdout
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line))
    expect(lines.map(({ iteration, outcome }) => iteration ?? outcome)).toEqual([1, 2, 3, 'succeeded'])
  })

  it.each([
    ['responseJson', '{"progress":100,"status":"FINISHED",'],
    ['status', 'FINISHED\n'],
    ['responseCode', '200\n'],
    ['nothing', '\n'],
  ])('--print %s', async (expression, expected) => {
    const ran = await runBide(['poll', far().job({ polls: 0 }), ...CRITERIA, '--print', expression])
    expect(ran.stdout.startsWith(expected)).toBe(true)
    expect(ran.code).toBe(0)
  })

  it('--print says why there is nothing', async () => {
    const missing = await runBide(['poll', far().job({ polls: 0 }), '--print', 'nothing'])
    expect(missing.stderr).toContain('--print: nothing: nothing is not in the response')
    const refused = await runBide(['poll', 'http://127.0.0.1:1/', '--print', 'status'])
    expect(refused.stderr).toContain('--print: status: there was no response')
  })

  it('an integer beyond 2^53 comes out as it came in', async () => {
    const url = far().route('/big', { body: '{"id":9007199254740993}' })
    expect((await runBide(['poll', url, '--print', 'id'])).stdout).toBe('9007199254740993\n')
    expect((await runBide(['poll', url, '--json'])).stdout).toContain('"id":9007199254740993')
  })
})

describe('stderr is for people', () => {
  it('a line on each change, a changed progress being one, and none for the same again', async () => {
    const same = { json: { status: 'INPROGRESS', progress: 10 } }
    const more = { json: { status: 'INPROGRESS', progress: 20 } }
    const url = far().route('/changes', same, same, same, more, {
      json: { status: 'FINISHED', progress: 100 },
    })
    const ran = await runBide(['poll', url, ...CRITERIA, '--progress', 'progress'])
    expect(ran.stderr.match(/^attempt \d+/gm)).toEqual(['attempt 1', 'attempt 4', 'attempt 5'])
  })

  it('--quiet says nothing', async () => {
    const ran = await runBide(['poll', far().job(), ...CRITERIA, '--quiet'])
    expect(ran).toEqual({ code: 0, stdout: '', stderr: '' })
  })

  it('no escape bytes go into a pipe, not even those that a server sends', async () => {
    const url = far().route('/escapes', { json: { status: '\x1b[31mFINISHED\x1b]0;x\x07\u009b' } })
    const ran = await runBide(['poll', url, '--success', 'status.contains("FIN")', '--print', 'responseCode'])
    expect(ran.code).toBe(0)
    expect(ran.stderr + ran.stdout).not.toMatch(/[\x1b\x07\u009b]/)
  })
})

describe('bad usage is 2, says where, and sends nothing', () => {
  it.each<[string, string[], RegExp]>([
    [
      'a condition that does not compile, with a caret',
      ['--success', 'status = "X"'],
      /--success: .*at 1:8\n {2}status = "X"\n {9}\^\n.*==/s,
    ],
    ['an unknown function', ['--failure', 'status.startWith("F")'], /--failure: .*did you mean startsWith/s],
    ['an expression to print', ['--print', '1 +'], /--print: .*\^/s],
    ['a progress that is none', ['--progress', '1 +'], /--progress: .*\^/s],
    ['an unknown flag', ['--succes', 'true'], /--succes is no option here\n {2}did you mean --success\?/],
    ['a count of none', ['--count', '0'], /--count: must be at least 1/],
    [
      'a threshold beyond the count',
      ['--count', '2', '--success-threshold', '3'],
      /--success-threshold: .*--count \(2\)/,
    ],
    ['a time that is none', ['--interval', 'soon'], /--interval: 'soon' is not a time/],
    ['a header without a colon', ['-H', 'nothing'], /-H: a header without a colon/],
    [
      'an environment variable that is not set',
      ['-H', 'X-Key: env:NOT_SET_HERE'],
      /-H X-Key: env:NOT_SET_HERE is not set/,
    ],
    [
      'a binding, which only a pipeline has',
      ['-H', 'X-Key: ${TOKEN}'],
      /-H X-Key: \$\{TOKEN\} has no value here/,
    ],
    [
      'a file that is not there',
      ['--file', 'not-there.yaml'],
      /--file: cannot read not-there.yaml \(ENOENT\)/,
    ],
    [
      'a folder to keep the state in that is not there',
      ['--resume', 'no/where'],
      /--resume: cannot write no\/where/,
    ],
    [
      'two readers of stdin',
      ['--header-file', '-', '-d', '@-'],
      /--data: stdin was already read for --header-file/,
    ],
  ])('%s', async (_, args, says) => {
    const before = far().requests.length
    const ran = await runBide(['poll', far().job(), ...args])
    expect(ran.stderr).toMatch(says)
    expect([ran.code, ran.stdout]).toEqual([2, ''])
    expect(far().requests.length).toBe(before)
  })

  it('of the URL and the command', async () => {
    expect(await runBide(['poll', 'ftp://host/'])).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('URL: expected an http or https URL\n  only http and https are polled'),
    })
    expect(await runBide(['poll'])).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('no URL was given'),
    })
    expect(await runBide(['pol', 'x'])).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('did you mean poll?'),
    })
  })

  it.each([
    ['url: http://h/\npollCount: 0\n', '2:12: error: pollCount: must be at least 1'],
    [
      'url: http://h/\npollCounts: 3\n',
      '2:1: error: pollCounts: is no key of a poll task\n  pollCounts: 3\n  ^\n  did you mean pollCount?',
    ],
    ['input:\n  url: http://h/\n  exitCriteria:\n    success: status = "X"\n', '4:21: error'],
    ['url: [\n', '2:1: error: Flow sequence'],
    ['stages: [a]\n', '1:1: error: this is a pipeline'],
    ['- 1\n', '1:1: error: expected the keys of a poll task'],
    ['{"url": "http://h/", "headers": {"A": {}}}', '1:39: error: headers.A'],
  ])('of a file, at its line and column: %j', async (text, says) => {
    const path = join(folder(), 'task.yaml')
    await writeFile(path, text)
    const ran = await runBide(
      ['poll', '--file', path, '--count', '1'].slice(0, text.includes('Count') ? 3 : 5),
    )
    expect(ran.stderr).toContain(`${path}:${says}`)
    expect(ran.code).toBe(2)
  })
})

it('flags win over the file, header names without regard to case; a task may stand on stdin', async () => {
  const task = {
    url: far().job({ polls: 0 }),
    pollCount: 1,
    headers: { 'x-key': 'of the file', 'x-other': 'kept' },
  }
  const args = ['poll', '--file', '-', '--count', '7', '-H', 'X-Key: of the flag', '--json']
  const ran = await runBide(args, { stdin: JSON.stringify(task) })
  expect(JSON.parse(ran.stdout).pollCount).toBe(7)
  expect(far().requests.at(-1)?.headers).toMatchObject({ 'x-key': 'of the flag', 'x-other': 'kept' })
})

it('docs/command-line.md is current: npm run docs writes it', async () => {
  const { referencePage } = await import('../../src/cli/reference-page.ts')
  expect(await readFile(join(import.meta.dirname, '../../docs/command-line.md'), 'utf8')).toBe(
    referencePage(),
  )
})

it.each([['--help'], ['poll', '--help'], ['check', '-h'], ['help', 'poll']])(
  'help, with the exit codes: %s %s',
  async (...args) => {
    const ran = await runBide(args.filter((arg) => arg !== undefined))
    expect([ran.code, ran.stderr]).toEqual([0, ''])
    expect(ran.stdout).toMatch(/Exit codes:\n {4}0 {2}succeeded/)
  },
)
