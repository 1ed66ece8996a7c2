import { createHash } from 'node:crypto'
import { writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { farJobs } from './far-jobs.ts'
import { runBide, startBide } from './run-bide.ts'
import { type Served, serving } from './serving.ts'
import { temporaryFolder } from './temporary-folder.ts'

const far = farJobs()

const folder = temporaryFolder()
const { serve, kill } = serving()
const data = () => join(folder(), 'data')

const CRITERIA = ['--success', 'status == "FINISHED"', '--failure', 'status == "FAILED"']
const QUICK = [...CRITERIA, '--interval', '50ms']
const SLOW = [...CRITERIA, '--interval', '1h']

const at = ({ url }: Pick<Served, 'url'>, args: readonly string[], env = {}) =>
  runBide(args, { env: { BIDE_SERVER: url, ...env } })

async function submitted(server: Served, args: readonly string[]): Promise<string> {
  const { stdout, code } = await at(server, ['submit', ...args])
  expect(code).toBe(0)
  return stdout.trim()
}

describe('bide submit URL', () => {
  it('gives the id on stdout, and where to look on stderr', async () => {
    const server = await serve(data())
    const ran = await at(server, ['submit', far().job({ end: 'never' }), ...SLOW, '--name', 'a job'])
    expect(ran.stdout).toMatch(/^[\w-]+\n$/)
    expect(ran.stderr).toBe(`Submitted: ${server.url}/polls/${ran.stdout.trim()}\n`)
    const shown = await at(server, ['show', ran.stdout.trim(), '--json'])
    expect(JSON.parse(shown.stdout)).toMatchObject({ name: 'a job', task: { pollIntervalSeconds: 3600 } })
  })

  it.each([
    ['FINISHED', 0, /Succeeded after 3 attempts/],
    ['FAILED', 1, /Failed after 3 attempts/],
  ] as const)('--wait: %s ends as bide poll would, with %i', async (end, code, says) => {
    const server = await serve(data())
    const job = () => far().job({ polls: 2, end })
    const waited = await at(server, ['submit', job(), ...QUICK, '--wait', '--json'])
    const polled = await runBide(['poll', job(), ...QUICK, '--json'])
    expect([waited.code, polled.code]).toEqual([code, code])
    expect(waited.stderr).toMatch(says)
    expect(waited.stderr).not.toContain('\x1b')
    const result = JSON.parse(waited.stdout)
    expect(Object.keys(result)).toEqual(Object.keys(JSON.parse(polled.stdout)))
    expect(result.attempts).toHaveLength(3)
    expect(Object.keys(result.attempts[0]).sort()).toEqual(
      Object.keys(JSON.parse(polled.stdout).attempts[0]).sort(),
    )
  })

  it.each([
    ['its count is used up', ['--count', '2'], 3, /Gave up after 2 attempts/],
    ['an attempt is broken', [], 4, /Broken off after 1 attempt.*503/s],
  ] as const)('--wait: where %s', async (_, more, code, says) => {
    const server = await serve(data())
    const first = code === 4 ? [{ status: 503, body: 'busy' }] : []
    const ran = await at(server, ['submit', far().job({ end: 'never', first }), ...QUICK, ...more, '--wait'])
    expect([ran.code, ran.stdout]).toEqual([code, ''])
    expect(ran.stderr).toMatch(says)
  })

  it('--print and --jsonl write to stdout what they write for bide poll', async () => {
    const server = await serve(data())
    const printed = await at(server, [
      'submit',
      far().job({ polls: 0 }),
      ...QUICK,
      '--wait',
      '--print',
      'progress',
    ])
    expect(printed.stdout).toBe('100\n')
    const lines = await at(server, ['submit', far().job({ polls: 1 }), ...QUICK, '--wait', '--jsonl', '-q'])
    const rows = lines.stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line))
    expect(rows.map(({ iteration, outcome }) => iteration ?? outcome)).toEqual([1, 2, 'succeeded'])
    expect(lines.stderr).toBe('')
  })

  it('the same key again starts nothing, and another task under it is refused', async () => {
    const server = await serve(data())
    const job = far().job({ end: 'never' })
    const key = ['--idempotency-key', 'build-7']
    const id = await submitted(server, [job, ...SLOW, ...key])
    const again = await at(server, ['submit', job, ...SLOW, ...key])
    expect(again).toMatchObject({ stdout: `${id}\n`, stderr: expect.stringContaining('Submitted before') })
    const other = await at(server, ['submit', job, ...QUICK, ...key])
    expect(other).toMatchObject({ code: 2, stderr: expect.stringContaining('used with another body') })
  })

  it('a task in a file is submitted; what is wrong with it is said at its line', async () => {
    const server = await serve(data())
    const path = join(folder(), 'task.yaml')
    writeFileSync(path, `url: ${far().job({ polls: 0 })}\nexitCriteria:\n  success: status == "FINISHED"\n`)
    expect((await at(server, ['submit', '--file', path, '--wait'])).code).toBe(0)
    writeFileSync(path, `url: ${far().job()}\nexitCriteria:\n  success: status = "FINISHED"\n`)
    const wrong = await at(server, ['submit', '--file', path])
    expect(wrong).toMatchObject({
      code: 2,
      stdout: '',
      stderr: expect.stringContaining(`${path}:3:19: error:`),
    })
    expect(wrong.stderr).toMatch(/\n {2} {2}success: status = "FINISHED"\n +\^/)
  })
})

describe('a server that goes away while it is waited for', () => {
  it('kill -9, and a start some time later: the wait goes on and ends with the right code', async () => {
    const folderOfData = data()
    const before = await serve(folderOfData)
    const job = far().job({ polls: 4, end: 'FAILED' })
    const args = ['submit', job, ...CRITERIA, '--interval', '300ms', '--wait', '--json']
    const waiting = startBide(args, { env: { BIDE_SERVER: before.url } })
    await waiting.says('attempt 1/60')
    await kill(before, 'SIGKILL')
    await waiting.says('Waiting for the server: ')
    await serve(folderOfData, '--port', String(before.port))
    const { code, stdout, stderr } = await waiting.ended
    expect([code, stderr.match(/Waiting for the server: /g)?.length]).toEqual([1, 1])
    expect(stderr).toContain('Connected again.')
    const numbers = JSON.parse(stdout).attempts.map(({ iteration }: { iteration: number }) => iteration)
    expect(numbers).toEqual([1, 2, 3, 4, 5])
  })

  it('an answer that is lost is asked for again, under the same key', async () => {
    const keys: unknown[] = []
    const lossy = createServer((request, response) => {
      keys.push(request.headers['idempotency-key'])
      if (keys.length < 3) request.socket.destroy()
      else response.writeHead(201, { 'content-type': 'application/json' }).end('{"id":"x"}')
    }).listen(0, '127.0.0.1')
    await new Promise((resolve) => lossy.once('listening', resolve))
    const url = `http://127.0.0.1:${(lossy.address() as AddressInfo).port}`
    const ran = await at({ url }, ['submit', far().job(), ...QUICK])
    lossy.close()
    expect(ran).toMatchObject({ code: 0, stdout: 'x\n', stderr: expect.stringMatching(/again in .* s\n/) })
    expect(keys).toHaveLength(3)
    expect(new Set(keys).size).toBe(1)
    expect(keys[0]).toMatch(/^[\w-]{36}$/)
  })

  it.each([
    ['SIGINT', 130],
    ['SIGTERM', 143],
  ] as const)('%s stops the waiting alone: %i', async (signal, expected) => {
    const server = await serve(data())
    const waiting = startBide(['submit', far().job({ end: 'never' }), ...QUICK, '--wait'], {
      env: { BIDE_SERVER: server.url },
    })
    await waiting.says('attempt 1/60')
    waiting.process.kill(signal)
    const { code, stderr } = await waiting.ended
    const [, id] = /bide cancel (\S+) {2}ends it/.exec(stderr) ?? []
    expect(code).toBe(expected)
    expect(stderr).toContain('it goes on at the server')
    const { stdout } = await at(server, ['show', id!, '--json'])
    expect(JSON.parse(stdout)).toMatchObject({ status: 'RUNNING', endedAt: null })
  })
})

it('141 when the reader of stdout goes away: the poll goes on', async () => {
  const server = await serve(data())
  const args = [
    'submit',
    far().job({ end: 'never' }),
    ...CRITERIA,
    '--interval',
    '20ms',
    '--count',
    '1000',
    '--wait',
    '--jsonl',
  ]
  const waiting = startBide(args, { env: { BIDE_SERVER: server.url } })
  await waiting.says('attempt 1/1000')
  waiting.process.stdout.destroy()
  const { code, stderr } = await waiting.ended
  expect([code, stderr]).toEqual([141, expect.stringContaining('it goes on at the server')])
})

describe('what is there already', () => {
  it('bide show says why a poll waits and until when, with the values that its conditions saw', async () => {
    const server = await serve(data())
    const id = await submitted(server, [
      far().job({ end: 'never' }),
      ...SLOW,
      '--timeout',
      '2h',
      '--count',
      '9',
    ])
    await expect
      .poll(async () => (await at(server, ['show', id])).stdout, { timeout: 20_000 })
      .toContain('status is "INPROGRESS"')
    const { stdout, stderr } = await at(server, ['show', id])
    expect(stderr).toBe('')
    expect(stdout).toMatch(/^http:\S+ {2}RUNNING\n/)
    expect(stdout).toMatch(/ why +pending: no condition holds yet/)
    expect(stdout).toMatch(/ waits +attempt 2 of 9 comes in (1 h|59 min).*: the interval is 1 h/)
    expect(stdout).toMatch(/ gives up +after 9 attempts, at the latest in (2 h|1 h 59 min|1 h 60 min)/)
    expect(stdout).toMatch(/ success +status == "FINISHED" {3}\(status is "INPROGRESS"\)/)
  })

  it('pause, resume, now and cancel say what has become of it; watch tells it all again', async () => {
    const server = await serve(data())
    const id = await submitted(server, [far().job({ end: 'never' }), ...SLOW])
    expect(await at(server, ['pause', id])).toMatchObject({ code: 0, stdout: '', stderr: `${id}  PAUSED\n` })
    expect((await at(server, ['show', id])).stdout).toContain('paused: nothing is asked until it is resumed')
    const refused = await at(server, ['now', id])
    expect(refused).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('it is paused: resume it first'),
    })
    expect(await at(server, ['resume', id])).toMatchObject({ code: 0, stderr: `${id}  RUNNING\n` })
    expect(await at(server, ['now', id])).toMatchObject({ code: 0, stderr: `${id}  asks now\n` })
    expect((await at(server, ['cancel', id])).stderr).toMatch(/CANCELED {2}Cancelled after \d attempts? in/)
    expect(await at(server, ['pause', id])).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('it has ended: cancelled'),
    })
    const watched = await at(server, ['watch', id])
    expect(watched).toMatchObject({ code: 130, stdout: '' })
    expect(watched.stderr).toMatch(/Paused by .*\.\nResumed by .*\.\nAsked to be made at once by .*\.\n/s)
    expect((await at(server, ['show', id])).stdout).toMatch(/ ended +.*Cancelled after/)
  })
})

describe('what is in the way is said in a sentence', () => {
  it.each([
    [
      ['show', 'x'],
      {},
      69,
      /no server of bide answers at http:\/\/127.0.0.1:1: connect ECONNREFUSED.*bide serve/s,
    ],
    [['submit', 'http://127.0.0.1:2/'], {}, 69, /no server of bide answers/],
    [['ls', '--server', 'ftp://x'], {}, 2, /--server: 'ftp:\/\/x' is no URL of a server/],
    [['ls', '--server', 'http://me:secret@x'], {}, 2, /takes a token, not a name and a password/],
    [['ls'], { BIDE_SERVER: 'nonsense' }, 2, /BIDE_SERVER: 'nonsense' is no URL/],
    [['ls', '--token', 'abc'], {}, 2, /a token on the command line can be read by others/],
    [['ls', '--token', 'env:NONE'], {}, 2, /--token: env:NONE is not set/],
    [['ls', 'name'], {}, 2, /'name' is no option/],
    [['show'], {}, 2, /no ID was given/],
    [['show', 'a', 'b'], {}, 2, /one ID is taken, but 'b'/],
    [['submit'], {}, 2, /no URL and no file/],
    [
      ['submit', 'http://127.0.0.1:2/', '--insecure'],
      {},
      2,
      /--insecure is of bide poll and bide run.*asks by itself/s,
    ],
    [
      ['submit', 'x.yaml', '--var', 'A=b'],
      {},
      2,
      /--var is of bide poll and bide run.*bide variable set NAME/s,
    ],
    [['submit', 'host/job'], {}, 2, /'host\/job' is neither a URL nor a file/],
    [['submit', 'http://127.0.0.1:2/', '--pipeline', 'x'], {}, 2, /--pipeline is of pipelines/],
  ] as const)('%j', async (args, env, code, says) => {
    const ran = await at({ url: 'http://127.0.0.1:1' }, args, env)
    expect(ran.stderr).toMatch(says)
    expect(ran).toMatchObject({ code, stdout: '' })
    expect(ran.stderr).not.toMatch(/secret|\x1b/)
  })

  it('an address that is none of bide, and an id that is none', async () => {
    const wrong = await at(far(), ['show', 'x'])
    expect(wrong).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('answered 404, but not as a server of bide does'),
    })
    const server = await serve(data())
    const ran = await at(server, ['show', 'x'])
    expect(ran).toMatchObject({ code: 2, stderr: expect.stringContaining("no poll or execution 'x' at") })
  })

  it('a field that does not fit is said at the flag that it came from', async () => {
    const server = await serve(data())
    const count = await at(server, ['submit', far().job(), '--count', '0'])
    expect(count).toMatchObject({ code: 2, stderr: 'bide: --count: must be at least 1\n' })
    const egress = await at(server, ['submit', 'http://169.254.169.254/'])
    expect(egress).toMatchObject({
      code: 2,
      stderr: expect.stringMatching(/^bide: URL: must not be asked: /),
    })
    const condition = await at(server, ['submit', far().job(), '--success', 'status =='])
    expect(condition).toMatchObject({
      code: 2,
      stderr: expect.stringMatching(/^bide: --success: .*\n.*status ==\n +\^/),
    })
  })

  it('no token, a token that is none, and one that may not: each is said, and none is shown', async () => {
    const token = 'token-of-a-viewer'
    const path = join(folder(), 'tokens')
    writeFileSync(path, `viewer eve ${createHash('sha256').update(token).digest('hex')}\n`)
    const server = await serve(data(), '--tokens', path)
    const [without, wrong, viewer] = await Promise.all([
      at(server, ['show', 'x']),
      at(server, ['show', 'x'], { BIDE_TOKEN: 'some-other-token' }),
      at(server, ['submit', far().job(), '--token', 'env:MINE'], { MINE: token }),
    ])
    expect(without).toMatchObject({ code: 2, stderr: expect.stringMatching(/wants a token.*BIDE_TOKEN/s) })
    expect(wrong).toMatchObject({ code: 2, stderr: expect.stringContaining('does not know this token') })
    expect(viewer).toMatchObject({ code: 2, stderr: expect.stringMatching(/of a viewer; a runner may/) })
    for (const { stdout, stderr } of [without, wrong, viewer])
      expect(stdout + stderr).not.toMatch(/some-other-token|token-of-a-viewer/)
  })
})
