import { copyFileSync, existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it, vi } from 'vitest'
import { farJobs } from './far-jobs.ts'
import { runBide } from './run-bide.ts'
import { serving } from './serving.ts'
import { temporaryFolder } from './temporary-folder.ts'

const far = farJobs()

const folder = temporaryFolder()
const { serve, kill } = serving()
const data = () => join(folder(), 'data')
const db = (...args: string[]) => runBide(['db', ...args])

/** Long enough to be kept apart from the answers that it came in. */
const LONG = 'all along '.repeat(200)

/** A server over which some polls wait that were asked once, with headers that are secret. */
async function served(path: string, polls = 3) {
  const server = await serve(path)
  const url = far().route('/long', { json: { status: 'INPROGRESS', message: LONG } })
  for (let i = 0; i < polls; i++) {
    const args = [
      'submit',
      url,
      '--interval',
      '1h',
      '--success',
      'status == "X"',
      '-H',
      'X-Key: key-of-the-test',
    ]
    expect((await runBide(args, { env: { BIDE_SERVER: server.url } })).code).toBe(0)
  }
  await vi.waitFor(
    async () =>
      expect((await pollsOf(server.url)).every(({ iterationCount }) => iterationCount === 1)).toBe(true),
    { timeout: 20_000 },
  )
  return server
}

interface Listed {
  readonly id: string
  readonly status: string
  readonly iterationCount: number
}

async function pollsOf(url: string): Promise<readonly Listed[]> {
  return ((await (await fetch(`${url}/api/v1/polls`)).json()) as { polls: Listed[] }).polls
}

it('check counts what is there and opens each sealed text, beside a server that runs and without one', async () => {
  const path = data()
  const server = await served(path)
  const live = await db('check', '--data', path)
  expect(live).toMatchObject({ code: 0, stderr: '' })
  expect(live.stdout).toMatch(/^In order: 3 runs \(3 not ended\), \d+ events, .*all open with the key\.\n$/)
  await kill(server, 'SIGKILL')
  const dead = await db('check', '--data', path, '--json')
  const { sealed, ...found } = JSON.parse(dead.stdout)
  expect(found).toMatchObject({ problems: [], runs: 3, open: 3 })
  // Of each a task, a state and an answer, one body that all were answered, and the mark of the key.
  expect(sealed).toBe(3 * 3 + 1 + 1)
})

it('check says what another key does not open, and what is damaged, and exits 1', async () => {
  const path = data()
  await kill(await served(path), 'SIGTERM')
  const key = join(folder(), 'other-key')
  writeFileSync(key, 'ab'.repeat(32))
  const other = await db('check', '--data', path, '--key-file', key)
  expect(other.code).toBe(1)
  expect(other.stdout).toMatch(/^task of \S+: what is kept cannot be decrypted: the key is another one\n/)

  const file = join(path, 'bide.db')
  const bytes = readFileSync(file)
  bytes.fill(0x5a, 4096 + 200, bytes.length - 200)
  writeFileSync(file, bytes)
  const damaged = await db('check', '--data', path)
  expect(damaged.code).toBe(1)
  expect(damaged.stdout).toMatch(/malformed|page|out of order/i)
  expect(damaged.stdout).toMatch(/Damaged: /)
})

it('backup copies what a running server has; the copy with the key is a data folder that goes on', async () => {
  const path = data()
  const server = await served(path)
  const copy = join(folder(), 'copy.db')
  const made = await db('backup', copy, '--data', path)
  expect(made).toMatchObject({ code: 0, stdout: '' })
  expect(made.stderr).toContain(`keep a copy of ${join(path, 'key')} elsewhere`)
  expect(await db('backup', copy, '--data', path)).toMatchObject({
    code: 2,
    stderr: expect.stringContaining('is there already'),
  })
  const listed = async (url: string) => (await pollsOf(url)).map(({ id }) => id)
  const before = await listed(server.url)
  expect(before).toHaveLength(3)

  const restored = data()
  mkdirSync(restored)
  copyFileSync(copy, join(restored, 'bide.db'))
  copyFileSync(join(path, 'key'), join(restored, 'key'))
  expect(await listed((await serve(restored)).url)).toEqual(before)
})

it('vacuum gives room back, and refuses while a server runs', async () => {
  const path = data()
  const server = await served(path, 1)
  const refused = await db('vacuum', '--data', path)
  expect(refused.stderr).toContain('is in use: another server has it open')
  expect(refused.code).not.toBe(0)
  await kill(server, 'SIGTERM')
  const said = await db('vacuum', '--data', path)
  expect(said).toMatchObject({ code: 0, stderr: expect.stringMatching(/^\d+ bytes before, \d+ now\.\n$/) })
  expect(statSync(join(path, 'bide.db')).size).toBe(Number(/, (\d+) now/.exec(said.stderr)?.[1]))
  expect(await db('check', '--data', path)).toMatchObject({ code: 0 })
})

it('rotate-key: all opens with the new key and none with the old one, and what waits goes on', async () => {
  const path = data()
  const before = await served(path, 2)
  const refused = await db('rotate-key', '--data', path)
  expect(refused.stderr).toContain('is in use')
  await kill(before, 'SIGKILL')
  const old = readFileSync(join(path, 'key'), 'utf8')
  const rotated = await db('rotate-key', '--data', path)
  expect(rotated).toMatchObject({ code: 0, stdout: '' })
  expect(rotated.stderr).toMatch(/^\d+ sealed texts opened with the old key and sealed with the new one/)
  expect(readFileSync(join(path, 'key'), 'utf8')).not.toBe(old)
  expect(await db('check', '--data', path)).toMatchObject({ code: 0 })
  const oldKey = join(folder(), 'old-key')
  writeFileSync(oldKey, old)
  expect(await db('check', '--data', path, '--key-file', oldKey)).toMatchObject({ code: 1 })
  const { url } = await serve(path)
  const polls = await pollsOf(url)
  expect(polls.map(({ status }) => status)).toEqual(['RUNNING', 'RUNNING'])
  for (const { id } of polls) {
    const answer = await fetch(`${url}/api/v1/polls/${id}/attempts/1`)
    const { response } = (await answer.json()) as { response: { body: string } }
    expect(JSON.parse(response.body).message).toBe(LONG)
  }
})

it('a folder of no server, another program’s database and a word that is no action are said in a sentence', async () => {
  const nowhere = data()
  const none = await db('check', '--data', nowhere)
  expect(none).toMatchObject({
    code: 2,
    stderr: expect.stringContaining(`there is no ${join(nowhere, 'bide.db')}`),
  })
  expect(existsSync(nowhere)).toBe(false)
  expect(await db()).toMatchObject({ code: 2, stderr: expect.stringContaining('bide db is to do what?') })
  expect(await db('chek')).toMatchObject({ code: 2, stderr: expect.stringContaining('did you mean check?') })
  expect(await db('backup', '--data', nowhere)).toMatchObject({
    code: 2,
    stderr: expect.stringContaining('one file is to be named'),
  })
})
