import { readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { farJobs } from './far-jobs.ts'
import { runBide } from './run-bide.ts'
import { temporaryFolder } from './temporary-folder.ts'

const far = farJobs()
const folder = temporaryFolder()

const SECRET = 'p@ss/wörd+"42"?&'
/** As after `Basic`: where the secret stands in it decides how its first and last letters come out. */
const BASIC = Buffer.from(`user:${SECRET}`).toString('base64')
const FORMS = [
  SECRET,
  encodeURIComponent(SECRET),
  Buffer.from(SECRET).toString('base64').replace(/=+$/, ''),
  BASIC.slice(7, -4),
  JSON.stringify(SECRET).slice(1, -1),
  Buffer.from(SECRET).toString('hex'),
]

/** Where the secret comes from: its arguments, and what the server is to get. */
const SOURCES: readonly [string, (path: string) => string[]][] = [
  ['env:', () => ['-H', 'X-Key: env:KEY']],
  ['env: after a word', () => ['-H', 'X-Key: Token env:KEY']],
  ['file:', (path) => ['-H', `X-Key: file:${path}`]],
  ['--header-file', (path) => ['--header-file', `${path}.headers`]],
]

it.each(SOURCES)('a secret by %s comes out nowhere', async (_, argsFor) => {
  const path = join(folder(), 'secret')
  await writeFile(path, `${SECRET}\n`)
  await writeFile(`${path}.headers`, `# comment\nX-Key: ${encodeURIComponent(SECRET)}\n`)
  const args = argsFor(path)
  const isByFile = args.includes('--header-file')
  const secret = isByFile ? encodeURIComponent(SECRET) : SECRET
  const echo = {
    status: 'RUNNING',
    echoed: [...FORMS.filter((form) => !BASIC.includes(form)), BASIC],
    text: `key=${secret};`,
  }
  const url = far().route('/echo', { json: echo, headers: { 'x-echo': encodeURIComponent(SECRET) } })
  const state = join(folder(), 'state.json')
  const conditions = ['--success', 'text == "x"', '--failure', 'echoed[0] == "FAILED"', '--resume', state]
  for (const output of [
    ['--json'],
    ['--jsonl'],
    ['--print', 'responseBody'],
    ['--print', 'responseHeaders'],
  ]) {
    const ran = await runBide(
      ['poll', url, ...args, ...conditions, '--count', '2', '--interval', '20ms', ...output],
      { env: { KEY: secret } },
    )
    expect(ran.code).toBe(3)
    const everything = [ran.stdout, ran.stderr, await readFile(state, 'utf8')].join('\n')
    expect(everything).toContain('******')
    for (const form of isByFile ? [secret] : FORMS) expect(everything).not.toContain(form)
    await rm(state)
  }
})

it('Authorization is masked whatever it holds, and the password in a URL', async () => {
  const url = far().route('/plain', { json: {} }).replace('http://', 'http://me:sesame@')
  const ran = await runBide(['poll', url, '-H', 'Authorization: Bearer open', '--json'])
  expect(ran.code).toBe(0)
  expect(ran.stdout + ran.stderr).not.toMatch(/sesame|Bearer open/)
})

it('a secret too short to be masked is refused', async () => {
  const ran = await runBide(['poll', far().job(), '-H', 'X-Key: env:KEY'], { env: { KEY: 'abc' } })
  expect(ran).toMatchObject({ code: 2, stderr: expect.not.stringContaining('abc') })
})
