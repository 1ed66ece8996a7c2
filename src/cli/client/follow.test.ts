import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, expect, it } from 'vitest'
import { manualClock } from '../../testing/manual-clock.ts'
import { createClient } from './client.ts'
import { follow } from './follow.ts'

let server: Server
afterEach(() => {
  server.closeAllConnections()
  server.close()
})

const event = (number: number, kind = 'attempt') =>
  `id: ${number}\nevent: ${kind}\ndata: ${JSON.stringify({ number, kind, data: { iteration: number } })}\n\n`

type Script = (after: string | undefined, response: import('node:http').ServerResponse) => void

/** Follows what a server tells, one script a connection; time goes on by itself. */
async function followed(scripts: readonly Script[], signal = new AbortController().signal) {
  const afters: (string | undefined)[] = []
  server = createServer((request, response) => {
    const after = request.headers['last-event-id'] as string | undefined
    afters.push(after)
    scripts[Math.min(afters.length, scripts.length) - 1]?.(after, response)
  }).listen(0, '127.0.0.1')
  await new Promise((resolve) => server.once('listening', resolve))
  const client = await createClient({
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    token: null,
  })
  const clock = manualClock()
  const said: string[] = []
  const waiting = {
    clock: { now: clock.now, sleepUntil: async () => {} },
    random: () => 0.5,
    signal,
    onLost: (error: Error) => said.push(error.message),
    onBack: () => said.push('back'),
  }
  const numbers: number[] = []
  try {
    for await (const { number } of follow(client, { ...waiting, path: '/polls/x' })) numbers.push(number)
  } finally {
    await client.close()
  }
  return { numbers, afters, said }
}

const stream = (response: import('node:http').ServerResponse) =>
  response.writeHead(200, { 'content-type': 'text/event-stream' })

it('goes on behind the last event that came, over a reset, an end without an end, and a server that starts', async () => {
  const { numbers, afters, said } = await followed([
    (_, response) => {
      stream(response).write(event(1) + event(2))
      setImmediate(() => setImmediate(() => response.destroy()))
    },
    (_, response) => response.writeHead(503).end(),
    (_, response) => stream(response).end(`: still here\n\n${event(3)}id: 4\nevent: att`),
    (_, response) => stream(response).end(event(4) + event(5, 'ended')),
  ])
  expect(numbers).toEqual([1, 2, 3, 4, 5])
  expect(afters).toEqual(['0', '2', '2', '3'])
  expect(said).toEqual([
    expect.stringContaining('was lost'),
    expect.stringContaining('is not ready'),
    'back',
    expect.stringContaining('has ended the connection'),
    'back',
  ])
})

it('is over where the server says that no more will come', async () => {
  expect(await followed([(_, response) => response.writeHead(204).end()])).toMatchObject({
    numbers: [],
    said: [],
  })
})

it('what is refused is not tried again', async () => {
  const problem = JSON.stringify({ title: 'There is no such poll', status: 404 })
  const refuse: Script = (_, response) =>
    response.writeHead(404, { 'content-type': 'application/problem+json' }).end(problem)
  await expect(followed([refuse])).rejects.toThrow('There is no such poll')
})
