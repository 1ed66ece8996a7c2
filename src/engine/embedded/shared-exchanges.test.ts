import { expect, it } from 'vitest'
import type { HttpRequest } from '../../core/attempt.ts'
import type { Transport } from '../effects.ts'
import { shareExchanges } from './shared-exchanges.ts'

type Sent = Awaited<ReturnType<Transport['send']>>

/** A far side that answers when told to, and a clock that stands still until it is moved. */
function world() {
  let now = 0
  const held: { url: string; timeoutMs: number; end: (result: Sent['result']) => void }[] = []
  const transport: Transport = {
    send: ({ url }, { timeoutMs }) =>
      new Promise((resolve) => {
        const startedAt = now
        const end = (result: Sent['result']) =>
          resolve({ startedAt, durationMs: now - startedAt, notes: [], result })
        held.push({ url, timeoutMs, end })
      }),
    async close() {},
  }
  let shared = 0
  const exchanges = shareExchanges({ transport, clock: { now: () => now, sleepUntil: async () => {} } })
  const send = (
    changed: Partial<HttpRequest & { timeoutMs: number; maxBodyBytes: number }> = {},
    signal: AbortSignal | null = null,
  ) => {
    const { timeoutMs = 1000, maxBodyBytes = 99, ...other } = changed
    const request = { method: 'GET', url: 'http://far.test/', headers: { a: 'b' }, payload: null, ...other }
    return exchanges.send(request, { timeoutMs, maxBodyBytes, signal }, () => shared++)
  }
  return {
    held,
    send,
    shared: () => shared,
    pass: (ms: number) => {
      now += ms
    },
  }
}

const OK = { kind: 'response', response: { code: 200, headers: {}, body: 'x' } } as const
const failed = (kind: 'aborted' | 'timeout' | 'reset') =>
  ({ kind: 'failure', failure: { kind, message: kind, head: null } }) as const

it('the same request while one is under way is answered by that one, counted from when it was asked for', async () => {
  const { held, send, shared, pass } = world()
  const first = send()
  pass(300)
  const second = send()
  pass(100)
  held[0]!.end(OK)
  expect(await first).toMatchObject({ startedAt: 0, durationMs: 400, result: OK })
  expect(await second).toMatchObject({ startedAt: 300, durationMs: 100, result: OK })
  expect([held.length, shared()]).toEqual([1, 1])
  void send()
  expect(held).toHaveLength(2)
})

it.each([
  ['method', { method: 'POST' }],
  ['URL', { url: 'http://far.test/other' }],
  ['header', { headers: { a: 'c' } }],
  ['body', { payload: '' }],
  ['largest body', { maxBodyBytes: 98 }],
  ['limit that ends before', { timeoutMs: 999 }],
])('another %s is asked for by itself', (_, changed) => {
  const { held, send, shared } = world()
  void send()
  void send(changed)
  expect([held.length, shared()]).toEqual([2, 0])
})

it('where the one that began is broken off or out of time, the others ask themselves, within what is left', async () => {
  for (const kind of ['aborted', 'timeout'] as const) {
    const { held, send, pass } = world()
    void send()
    pass(400)
    const others = [send(), send()]
    pass(600)
    held[0]!.end(failed(kind))
    await new Promise(setImmediate)
    expect(held.slice(1)).toMatchObject([{ timeoutMs: 400 }])
    held[1]!.end(OK)
    expect(await Promise.all(others)).toMatchObject([
      { result: OK, startedAt: 400 },
      { result: OK, startedAt: 400 },
    ])
  }
})

it('a failure of the network is shared', async () => {
  const { held, send } = world()
  const both = [send(), send()]
  held[0]!.end(failed('reset'))
  expect(await Promise.all(both)).toMatchObject([{ result: failed('reset') }, { result: failed('reset') }])
})

it('who waits for the exchange of another can be broken off alone', async () => {
  const { held, send } = world()
  const breaking = new AbortController()
  const first = send()
  const second = send({}, breaking.signal)
  breaking.abort()
  expect(await second).toMatchObject({ result: { failure: { kind: 'aborted' } } })
  held[0]!.end(OK)
  expect(await first).toMatchObject({ result: OK })
})
