import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { Webhook } from 'standardwebhooks'
import { describe, expect, it } from 'vitest'
import type { Transport } from '../engine/effects.ts'
import { createSealer } from '../engine/embedded/sealer.ts'
import type { PollView } from '../engine/engine.ts'
import { sealWebhook } from '../engine/webhook.ts'
import { RETRY_AFTER_SECONDS } from '../engine/webhook-try.ts'
import { memoryStore } from '../store/memory-store.ts'
import { manualClock } from '../testing/manual-clock.ts'
import type { Log } from './log.ts'
import { ask, post, quick, serversForTests, slow } from './test-server.ts'
import { sendDueWebhooks } from './webhooks.ts'

const { start, stopAll, folder, far } = serversForTests()
const secret = `whsec_${Buffer.alloc(32, 'k').toString('base64')}`

/** A log, and when it says something. */
function heardLog() {
  const heard: { event: string; message: string }[] = []
  let tell = () => {}
  const log: Log = (_, event, message) => {
    heard.push({ event, message })
    tell()
  }
  const until = async (event: string) => {
    for (;;) {
      const found = heard.find((one) => one.event === event)
      if (found) return found
      await new Promise<void>((resolve) => {
        tell = resolve
      })
    }
  }
  return { log, until }
}

describe('a webhook over HTTP', () => {
  it('is told how its poll ended, with a signature that Standard Webhooks verify', async () => {
    const { log, until } = heardLog()
    const dataFolder = join(folder, 'told')
    const server = await start({ dataFolder, log })
    const url = far().route('/hook', { status: 204 })
    const { json, text } = await post(server, '/polls', { ...quick(far().job()), webhook: { url, secret } })
    await until('webhook-delivered')
    const sent = far().requests.filter(({ url }) => url === '/hook')
    expect(sent.map(({ method }) => method)).toEqual(['POST'])
    const { body, headers } = sent[0]!
    expect(new Webhook(secret).verify(body, headers as Record<string, string>)).toMatchObject({
      type: 'poll.ended',
      data: { id: json.id, status: 'COMPLETED', outcome: 'succeeded', iterationCount: 4, responseCode: 200 },
    })
    const other = new Webhook(`whsec_${Buffer.alloc(32, 'x').toString('base64')}`)
    expect(() => other.verify(body, headers as Record<string, string>)).toThrow()
    const shown = (await ask(server, `/polls/${json.id}`)).text
    const files = readdirSync(dataFolder).map((name) => readFileSync(join(dataFolder, name), 'latin1'))
    expect([text, shown, ...files].join()).not.toContain(secret)
  })

  it('is told after a restart what it was not told before', async () => {
    const { log, until } = heardLog()
    const dataFolder = join(folder, 'restarted')
    const url = far().route('/hook-later', 'reset', { status: 200 })
    const server = await start({ dataFolder })
    const { json } = await post(server, '/polls', { ...quick(far().job({ polls: 0 })), webhook: { url } })
    await ask(server, `/polls/${json.id}?wait=20s`)
    await stopAll()
    const before = far().requests.filter(({ url }) => url === '/hook-later').length
    expect(before).toBe(0)
    await start({ dataFolder, log })
    await until('webhook-failed')
    expect(far().requests.filter(({ url }) => url === '/hook-later')).toHaveLength(1)
  })

  it.each([
    [{ url: 'http://169.254.169.254/' }, '/webhook/url', 'a metadata service'],
    [{ url: 'ftp://127.0.0.1/' }, '/webhook/url', 'expected an http or https URL'],
    [{ url: 'http://127.0.0.1/', secret: 'short' }, '/webhook/secret', 'expected whsec_'],
    [{ url: 'http://127.0.0.1/', also: 1 }, '/webhook/also', 'is no key of a webhook'],
    [{}, '/webhook/url', 'is required'],
  ])('%j is refused by its pointer', async (webhook, pointer, why) => {
    const server = await start()
    const { status, json } = await post(server, '/polls', { ...slow(far().job()), webhook })
    expect([status, json.errors[0].pointer]).toEqual([422, pointer])
    expect(json.errors[0].detail).toContain(why)
  })
})

describe('the tries of a webhook', () => {
  const poll = { id: 'p', name: null, status: 'FAILED', endedAt: '2026-01-01T00:00:00.000Z' } as PollView
  type Result = Awaited<ReturnType<Transport['send']>>['result']
  const code = (code: number, headers = {}): Result => ({
    kind: 'response',
    response: { code, headers, body: '' },
  })

  async function world(...results: Result[]) {
    const { outbox } = memoryStore()
    const clock = manualClock(0)
    const sealer = createSealer(new Uint8Array(32))
    const heard: string[] = []
    let tries = 0
    const transport: Transport = {
      async send() {
        const result = results[Math.min(tries++, results.length - 1)] as Result
        return { startedAt: clock.now(), durationMs: 0, notes: [], result }
      },
      async close() {},
    }
    const hook = { url: 'http://far.test/', secret: null, failures: 0 }
    const value = sealWebhook(sealer, 'p', hook)
    await outbox.put({ id: 'p', dueAt: 0, value })
    const options = {
      outbox,
      engine: { get: async () => poll },
      sealer,
      effects: { clock, random: () => 0.5, transport },
      log: (_: string, event: string) => void heard.push(event),
      onProblem: () => {},
      signal: new AbortController().signal,
    }
    const next = async () =>
      (await outbox.due({ until: Number.MAX_SAFE_INTEGER, limit: 1 }))[0]?.dueAt ?? null
    return { clock, heard, next, tries: () => tries, send: () => sendDueWebhooks(options) }
  }

  it('come after the documented pauses, then it is given up', async () => {
    const { clock, heard, next, tries, send } = await world(code(500))
    const pauses: number[] = []
    for (;;) {
      await send()
      const at = await next()
      if (at === null) break
      pauses.push((at - clock.now()) / 1000)
      clock.advance(at - clock.now() - 1)
      await send()
      clock.advance(1)
    }
    expect(pauses).toEqual([...RETRY_AFTER_SECONDS])
    expect([tries(), heard.at(-1)]).toEqual([pauses.length + 1, 'webhook-given-up'])
  })

  it('end with the first answer of 2xx', async () => {
    const { clock, heard, next, send } = await world(code(503), code(204))
    await send()
    clock.advance(5000)
    await send()
    expect([await next(), heard]).toEqual([null, ['webhook-failed', 'webhook-delivered']])
  })

  it('wait as long as the far side asks', async () => {
    const { next, send } = await world(code(503, { 'retry-after': '60' }))
    await send()
    expect(await next()).toBe(60_000)
  })

  it.each([
    ['410', code(410)],
    [
      'a denial',
      { kind: 'failure', failure: { kind: 'denied', message: '10.0.0.1 is denied', head: null } } as const,
    ],
  ])('end with %s', async (_, result) => {
    const { heard, next, send } = await world(result)
    await send()
    expect([await next(), heard]).toEqual([null, ['webhook-given-up']])
  })
})
