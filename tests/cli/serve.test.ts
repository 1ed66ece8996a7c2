import { randomInt } from 'node:crypto'
import { once } from 'node:events'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { farJobs } from './far-jobs.ts'
import { killRounds } from './kill-rounds.ts'
import { runBide } from './run-bide.ts'
import { type Served, serving } from './serving.ts'
import { temporaryFolder } from './temporary-folder.ts'

const far = farJobs()

const folder = temporaryFolder()
const { serve, kill } = serving()

async function submit({ api }: Served, task: object, key: string | null = null) {
  const headers = { 'content-type': 'application/json', ...(key !== null && { 'idempotency-key': key }) }
  const response = await fetch(`${api}/polls`, { method: 'POST', headers, body: JSON.stringify(task) })
  return (await response.json()) as { id: string }
}

async function get({ api }: Served, path: string) {
  return JSON.parse(await (await fetch(`${api}${path}`)).text())
}

/** The kinds of all events of a poll, up to its end. */
async function eventKinds({ api }: Served, id: string, after = 0): Promise<string[]> {
  const text = await (await fetch(`${api}/polls/${id}/events?after=${after}`)).text()
  return [...text.matchAll(/^event: (.*)$/gm)].map(([, kind]) => kind!)
}

const FINISHED = { success: 'status == "FINISHED"', failure: 'status == "FAILED"' }

it('a poll is submitted, watched, and goes on to its end after kill -9', async () => {
  const data = join(folder(), 'data')
  const before = await serve(data)
  const url = far().job({ polls: 3 })
  const task = {
    url,
    exitCriteria: FINISHED,
    pollIntervalSeconds: 0.3,
    headers: { 'X-Key': 'key-of-the-test' },
  }
  const { id } = await submit(before, task)
  const watched = await fetch(`${before.api}/polls/${id}/events`)
  const decoder = new TextDecoder()
  let seen = ''
  for await (const chunk of watched.body as unknown as AsyncIterable<Uint8Array>) {
    seen += decoder.decode(chunk)
    if (seen.includes('event: attempt')) break
  }
  await kill(before, 'SIGKILL')

  const after = await serve(data)
  expect(await get(after, `/polls/${id}?wait=25s`)).toMatchObject({
    status: 'COMPLETED',
    outcome: 'succeeded',
    output: { responseJson: { status: 'FINISHED' } },
  })
  const sent = far().requests.filter((request) => url.endsWith(request.url))
  expect(new Set(sent.map(({ headers }) => headers['x-key']))).toEqual(new Set(['key-of-the-test']))
  const kinds = await eventKinds(after, id)
  expect([kinds[0], kinds.at(-1), kinds.filter((kind) => kind === 'ended')]).toEqual([
    'submitted',
    'ended',
    ['ended'],
  ])
  expect((await kill(after, 'SIGTERM')).code).toBe(0)
})

const kills = Number(process.env.BIDE_KILLS ?? 8)

it('killed at any moment it loses nothing that it acknowledged, ends nothing twice, and asks at most once more', {
  timeout: 30_000 + kills * 3000,
}, async () => {
  const data = join(folder(), 'data')
  const acknowledged = await killRounds({
    kills,
    withinMs: 150,
    start: () => serve(data),
    kill: (server) => kill(server, 'SIGKILL'),
    async take(server) {
      const url = far().job({ polls: randomInt(6) })
      const { id } = await submit(server, { url, exitCriteria: FINISHED, pollIntervalSeconds: 0.02 })
      return [id, url]
    },
  })
  const server = await serve(data)
  for (const [id, url] of acknowledged) {
    const poll = await get(server, `/polls/${id}?wait=25s`)
    expect(poll).toMatchObject({ id, status: 'COMPLETED' })
    const kinds = await eventKinds(server, id)
    const attempts = Array.from({ length: poll.iterationCount }, () => 'attempt')
    expect(kinds).toEqual(['submitted', ...attempts, 'ended'])
    const sent = far().requests.filter((request) => url.endsWith(request.url)).length
    expect(sent).toBeGreaterThanOrEqual(poll.iterationCount)
    expect(sent).toBeLessThanOrEqual(poll.iterationCount + kills)
  }
  expect(acknowledged.size).toBeGreaterThan(0)
  if (process.env.BIDE_KILLS)
    console.log(`${kills} kills: ${acknowledged.size} acknowledged, each ended once`)
  expect((await kill(server, 'SIGTERM')).code).toBe(0)
})

it('a submission that was cut off is repeated under its key without being taken twice', async () => {
  const data = join(folder(), 'data')
  const task = { url: far().job({ end: 'never' }), exitCriteria: FINISHED, pollIntervalSeconds: 3600 }
  const before = await serve(data)
  const first = await submit(before, task, 'key-1')
  await kill(before, 'SIGKILL')
  const after = await serve(data)
  expect(await submit(after, task, 'key-1')).toEqual(first)
  expect((await get(after, '/polls')).polls).toHaveLength(1)
})

it('SIGTERM lets the attempt in flight end and keeps it', async () => {
  const data = join(folder(), 'data')
  let release = () => {}
  const held = createServer((socket) => {
    release = () => socket.end('HTTP/1.1 200 OK\r\nContent-Length: 21\r\n\r\n{"status":"FINISHED"}')
    socket.on('error', () => {})
    socket.once('data', () => held.emit('asked'))
  }).listen(0, '127.0.0.1')
  await once(held, 'listening')
  const asked = once(held, 'asked')
  const { port } = held.address() as { port: number }
  const before = await serve(data)
  const { id } = await submit(before, { url: `http://127.0.0.1:${port}/`, exitCriteria: FINISHED })
  await asked
  const stopping = before.bide.says('stopping')
  const ended = kill(before, 'SIGTERM')
  await stopping
  release()
  expect((await ended).code).toBe(0)
  held.close()
  expect(await get(await serve(data), `/polls/${id}`)).toMatchObject({
    status: 'COMPLETED',
    iterationCount: 1,
  })
})

it('a second server at the same folder, tokens that are missing and a mode that is none are said in a sentence', async () => {
  const data = join(folder(), 'data')
  await serve(data)
  const second = await runBide(['serve', '--port', '0', '--data', data])
  expect([second.code, second.stderr]).toEqual([
    70,
    expect.stringContaining('is in use: another server has it open'),
  ])
  const open = await runBide(['serve', '--host', '0.0.0.0', '--data', join(folder(), 'other')])
  expect([open.code, open.stderr]).toEqual([2, expect.stringContaining('callers need tokens')])
  const mode = await runBide(['serve', '--egress', 'wide', '--data', data])
  expect([mode.code, mode.stderr]).toEqual([2, expect.stringContaining('none of open, internal, public')])
})
