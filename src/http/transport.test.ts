import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { createSecureServer } from 'node:http2'
import { createServer as createTlsServer } from 'node:https'
import { type AddressInfo, connect, createServer as createTcpServer, type Server } from 'node:net'
import { brotliCompressSync, deflateRawSync, deflateSync, gzipSync } from 'node:zlib'
import { generate } from 'selfsigned'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { HttpRequest } from '../core/attempt.ts'
import type { Transport } from '../engine/effects.ts'
import { systemClock } from '../engine/system-clock.ts'
import { type JobServer, jobServer } from '../testing/job-server.ts'
import { createTransport, type TransportOptions } from './transport.ts'

let server: JobServer
const closing: (() => Promise<unknown> | unknown)[] = []
beforeAll(async () => {
  server = await jobServer()
})
afterAll(() => server.close())
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close()
})

describe.each(['lean', 'pooled'] as const)('the %s client', (client) => {
  let transport: Transport
  beforeEach(async () => {
    transport = await open({})
  })

  it('sends method, headers and payload, and gives code, headers and text', async () => {
    const url = server.route('/echo', {
      status: 201,
      headers: { 'x-a': '1', 'set-cookie': ['a=1', 'b=2'] },
      body: 'ünï',
    })
    const headers = { 'X-Api-Key': 'k', Accept: 'application/json' }
    const sent = await send({ url: `${url}?q=1`, method: 'POST', headers, payload: '{"a":1}' })
    expect(sent.result).toMatchObject({
      response: { code: 201, body: 'ünï', headers: { 'x-a': '1', 'set-cookie': 'a=1, b=2' } },
    })
    expect(server.requests.at(-1)).toMatchObject({
      method: 'POST',
      url: '/echo?q=1',
      body: '{"a":1}',
      headers: { 'x-api-key': 'k', accept: 'application/json', 'content-type': 'application/json' },
    })
    expect(server.requests.at(-1)?.headers['user-agent']).toMatch(/^bide\//)
  })

  it('sends the credentials of a URL as Authorization', async () => {
    await send({ url: server.route('/auth', { body: 'ok' }).replace('//', '//me:p%40ss@') })
    expect(server.requests.at(-1)?.headers.authorization).toBe(
      `Basic ${Buffer.from('me:p@ss').toString('base64')}`,
    )
  })

  it('keeps connections open', async () => {
    const ports = new Set<number | undefined>()
    const url = await listening(
      createServer((req, res) => {
        ports.add(req.socket.remotePort)
        res.end('ok')
      }),
    )
    for (let i = 0; i < 8; i++) await send({ url })
    expect(ports.size).toBeLessThanOrEqual(2)
  })

  describe('decodes', () => {
    const text = JSON.stringify({ status: 'FINISHED', pad: 'ä'.repeat(5000) })
    it.each<[string, string, Buffer]>([
      ['gzip', 'gzip', gzipSync(text)],
      ['x-gzip', 'x-gzip', gzipSync(text)],
      ['deflate', 'deflate', deflateSync(text)],
      ['raw deflate', 'deflate', deflateRawSync(text)],
      ['brotli', 'br', brotliCompressSync(text)],
      ['gzip within brotli', 'gzip, br', brotliCompressSync(gzipSync(text))],
      ['identity', 'identity', Buffer.from(text)],
    ])('%s', async (_, encoding, body) => {
      const url = server.route('/encoded', { headers: { 'content-encoding': encoding }, body })
      expect((await send({ url })).result).toMatchObject({ response: { body: text } })
    })

    it('the charset that the server names', async () => {
      const headers = { 'content-type': 'text/plain; charset=ISO-8859-1' }
      const url = server.route('/latin', { headers, body: Buffer.from([0xe4, 0xf6]) })
      expect((await send({ url })).result).toMatchObject({ response: { body: 'äö' } })
    })

    it('nothing of a HEAD, though it names an encoding', async () => {
      const url = server.route('/head', { headers: { 'content-encoding': 'gzip' } })
      expect((await send({ url, method: 'HEAD' })).result).toMatchObject({
        response: { code: 200, body: '' },
      })
    })
  })

  describe('classifies', () => {
    it.each([
      ['a reset', 'reset', 'reset', /closed before an answer came/],
      ['a truncated body', 'truncate', 'truncated', /lost in the middle of the body/],
      [
        'a redirect loop',
        'redirect-loop',
        'redirect-loop',
        /^more than 5 redirects, the last one: 302 redirect to http:.*\/fault$/,
      ],
      ['a gzip bomb', 'gzip-bomb', 'too-large', /larger than 5242880 bytes decoded/],
    ] as const)('%s', async (_, answer, kind, message) => {
      await expectFailure({ url: server.route('/fault', answer) }, kind, message)
    })

    it.each([
      ['a hang', 'hang', /no answer within 0.25 s/],
      ['a body that drips', 'drip', /body was not complete within 0.25 s, after \d+ bytes/],
    ] as const)('%s as a time-out', async (_, answer, message) => {
      await expectFailure({ url: server.route('/slow', answer) }, 'timeout', message, { timeoutMs: 250 })
    })

    it('an unknown encoding, and a body that is not what its encoding says', async () => {
      const unknown = server.route('/unknown', { headers: { 'content-encoding': 'lzma' }, body: 'x' })
      await expectFailure({ url: unknown }, 'bad-encoding', /"lzma"/)
      const corrupt = server.route('/corrupt', { headers: { 'content-encoding': 'gzip' }, body: 'not gzip' })
      await expectFailure({ url: corrupt }, 'bad-encoding', /not what its Content-Encoding says/)
    })

    it('a plain body above the cap', async () => {
      const url = server.route('/large', { body: 'x'.repeat(2000) })
      await expectFailure({ url }, 'too-large', /larger than 1000 bytes/, { maxBodyBytes: 1000 })
    })

    it('a refused connection', async () => {
      const closed = createServer()
      const url = await listening(closed)
      await new Promise((resolve) => closed.close(resolve))
      await expectFailure({ url }, 'refused', /ECONNREFUSED/)
    })

    it('a name that does not exist', async () => {
      const { result } = await send({ url: 'http://nothing.invalid/' })
      expect(result).toMatchObject({ failure: { kind: expect.stringMatching(/^dns-/) } })
    })

    it('an answer that is not HTTP', async () => {
      const url = await listening(createTcpServer((socket) => socket.end('220 smtp ready\r\n')))
      await expectFailure({ url }, 'protocol', /not HTTP/)
    })

    it('a URL of another scheme, and a redirect to one', async () => {
      await expectFailure({ url: 'ftp://127.0.0.1/' }, 'invalid-url', /not a valid http or https URL/)
      const url = server.route('/file', { status: 302, headers: { location: 'file:///etc/passwd' } })
      await expectFailure({ url }, 'invalid-url', /no http URL/)
    })

    it('an abort', async () => {
      const controller = new AbortController()
      const url = server.route('/abort', 'hang')
      const sent = send({ url }, { signal: controller.signal })
      controller.abort()
      expect((await sent).result).toMatchObject({ failure: { kind: 'aborted' } })
    })
  })

  describe('follows a redirect', () => {
    it('within the origin with all headers', async () => {
      server.route('/to', { body: 'there' })
      const url = server.route('/from', { status: 307, headers: { location: '/to' } })
      const sent = await send({ url, method: 'POST', payload: 'x', headers: { 'X-Api-Key': 'k' } })
      expect(sent.result).toMatchObject({ response: { body: 'there' } })
      expect(server.requests.at(-1)).toMatchObject({
        method: 'POST',
        body: 'x',
        headers: { 'x-api-key': 'k' },
      })
    })

    it('to another origin without the headers of the task, and says so without their values', async () => {
      const other = await jobServer()
      closing.push(() => other.close())
      const url = server.route('/away', {
        status: 302,
        headers: { location: other.route('/x', { body: 'ok' }) },
      })
      const headers = { Authorization: 'Bearer t0ken', 'X-Api-Key': 'k3y', Accept: 'text/plain' }
      const { notes } = await send({ url, headers })
      const seen = other.requests[0]?.headers
      expect([seen?.authorization, seen?.['x-api-key'], seen?.accept]).toEqual([
        undefined,
        undefined,
        'text/plain',
      ])
      expect(notes.join()).toMatch(/not sent on: Authorization, X-Api-Key/)
      expect(notes.join()).not.toMatch(/t0ken|k3y/)
    })

    it.each([
      [303, 'POST', 'GET'],
      [302, 'POST', 'GET'],
      [301, 'PUT', 'PUT'],
      [308, 'POST', 'POST'],
    ])('%i after %s by %s', async (status, method, expected) => {
      server.route('/target', { body: 'ok' })
      const url = server.route('/see', { status, headers: { location: '/target' } })
      await send({ url, method, payload: 'x' })
      expect(server.requests.at(-1)?.method).toBe(expected)
    })

    it('of five hops, and takes a 3xx without Location as an answer', async () => {
      for (let i = 0; i < 5; i++)
        server.route(`/hop${i}`, { status: 302, headers: { location: `/hop${i + 1}` } })
      server.route('/hop5', { status: 304 })
      expect((await send({ url: `${server.url}/hop0` })).result).toMatchObject({ response: { code: 304 } })
    })
  })

  it('asks once more when a kept-alive connection is closed under a GET, and not under a POST', async () => {
    let connections = 0
    const fickle = createTcpServer((socket) => {
      connections++
      let served = 0
      socket.on('error', () => {})
      socket.on('data', () => {
        if (served++ > 0) return socket.destroy()
        socket.write('HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok')
      })
    })
    const url = await listening(fickle)
    await send({ url })
    expect((await send({ url })).result).toMatchObject({ response: { code: 200 } })
    expect((await send({ url, method: 'POST', payload: 'x' })).result).toMatchObject({
      failure: { kind: 'reset' },
    })
    expect(connections).toBe(2)
  })

  describe('with more requests than connections', () => {
    it.runIf(client === 'pooled')('has so many under way at a time, and the rest in turn', async () => {
      let [now, most] = [0, 0]
      const asked: string[] = []
      const url = await listening(
        createServer((req, res) => {
          asked.push(req.url ?? '')
          most = Math.max(most, ++now)
          setImmediate(() => {
            now--
            res.end('ok')
          })
        }),
      )
      transport = await openTwo()
      const sent = await Promise.all(Array.from({ length: 60 }, (_, n) => send({ url: `${url}${n}` })))
      expect(sent.map(({ result }) => result.kind)).toEqual(Array(60).fill('response'))
      expect(most).toBeLessThanOrEqual(2)
      expect(asked.length).toBe(60)
    })

    it.runIf(client === 'pooled')(
      'breaks off one that waits: by its signal, by its time, and by the end',
      async () => {
        const url = server.route('/jam', 'hang')
        transport = await openTwo()
        const controller = new AbortController()
        const jam = [send({ url }), send({ url })]
        const aborted = send({ url }, { signal: controller.signal })
        const late = send({ url }, { timeoutMs: 40 })
        const left = send({ url }, { signal: null })
        controller.abort()
        expect((await aborted).result).toMatchObject({ failure: { kind: 'aborted' } })
        expect((await late).result).toMatchObject({
          failure: { kind: 'connect-timeout', message: 'no connection within 0.04 s' },
        })
        await transport.close()
        for (const { result } of await Promise.all([...jam, left])) expect(result.kind).toBe('failure')
      },
    )

    const openTwo = () => open({ connections: 2 })
  })

  describe('over TLS', () => {
    let pems: { private: string; cert: string }
    beforeAll(async () => {
      pems = await generate([{ name: 'commonName', value: 'localhost' }], {
        extensions: [
          { name: 'basicConstraints', cA: true },
          { name: 'subjectAltName', altNames: [{ type: 7, ip: '127.0.0.1' }] },
        ],
      })
    })
    const answer = (req: IncomingMessage, res: ServerResponse) => {
      res.end(
        JSON.stringify({
          client: (req.socket as { authorized?: boolean }).authorized,
          version: req.httpVersion,
        }),
      )
    }
    const secure = (options = {}) =>
      listening(createTlsServer({ key: pems.private, cert: pems.cert, ...options }, answer), 'https')

    it('refuses a self-signed certificate, and says how to trust it', async () => {
      await expectFailure({ url: await secure() }, 'tls', /self-signed; trust it by --cacert/)
    })

    it('trusts an authority that the caller names', async () => {
      transport = await open({ ca: pems.cert })
      expect((await send({ url: await secure() })).result).toMatchObject({ response: { code: 200 } })
    })

    it('verifies nothing when told so', async () => {
      transport = await open({ insecure: true })
      expect((await send({ url: await secure() })).result).toMatchObject({ response: { code: 200 } })
    })

    it('shows a client certificate', async () => {
      transport = await open({ ca: pems.cert, cert: pems.cert, key: pems.private })
      const url = await secure({ requestCert: true, ca: pems.cert })
      expect((await send({ url })).result).toMatchObject({
        response: { body: expect.stringContaining('true') },
      })
    })

    it('says that a plain port does not speak TLS', async () => {
      await expectFailure({ url: server.url.replace('http:', 'https:') }, 'tls', /TLS: /)
    })

    it('speaks HTTP/2 when asked', async () => {
      transport = await open({ ca: pems.cert, http2: true })
      const h2 = createSecureServer({ key: pems.private, cert: pems.cert, allowHTTP1: true }, (req, res) => {
        res.end(req.httpVersion)
      })
      const { result } = await send({ url: await listening(h2 as unknown as Server, 'https') })
      expect(result).toMatchObject({ response: { body: '2.0' } })
    })
  })

  describe('with a proxy in the environment', () => {
    const names = ['http_proxy', 'https_proxy', 'no_proxy', 'HTTP_PROXY', 'HTTPS_PROXY', 'NO_PROXY']
    let before: Record<string, string | undefined>
    beforeEach(() => {
      before = Object.fromEntries(names.map((name) => [name, process.env[name]]))
      for (const name of names) delete process.env[name]
    })
    afterEach(() => {
      for (const name of names) {
        if (before[name] === undefined) delete process.env[name]
        else process.env[name] = before[name]
      }
    })

    it('goes through it, and past it for what NO_PROXY names', async () => {
      const asked: string[] = []
      const proxy = createServer((req, res) => {
        asked.push(req.url ?? '')
        res.end('by proxy')
      })
      proxy.on('connect', (req, socket) => {
        asked.push(req.url ?? '')
        const [host, port] = (req.url ?? '').split(':')
        const onward = connect(Number(port), host, () => socket.write('HTTP/1.1 200 OK\r\n\r\n'))
        onward.pipe(socket).pipe(onward)
        socket.on('error', () => onward.destroy())
        onward.on('error', () => socket.destroy())
      })
      process.env.HTTP_PROXY = await listening(proxy)
      transport = await open({})
      const url = server.route('/proxied', { body: 'direct' })
      expect((await send({ url })).result).toMatchObject({ response: { body: 'by proxy' } })
      expect(asked.length).toBe(1)
      process.env.NO_PROXY = '127.0.0.1'
      transport = await open({})
      expect((await send({ url })).result).toMatchObject({ response: { body: 'direct' } })
    })
  })

  async function open(options: Partial<TransportOptions>): Promise<Transport> {
    const opened = await createTransport({ client, clock: systemClock, ...options })
    closing.push(() => opened.close())
    return opened
  }

  function send(request: Partial<HttpRequest> & { url: string }, options = {}) {
    const defaults = {
      timeoutMs: 10_000,
      maxBodyBytes: 5 * 1024 * 1024,
      signal: new AbortController().signal,
    }
    return transport.send(
      { method: 'GET', headers: {}, payload: null, ...request },
      { ...defaults, ...options },
    )
  }

  async function expectFailure(
    request: Partial<HttpRequest> & { url: string },
    kind: string,
    message: RegExp,
    options = {},
  ) {
    const { result } = await send(request, options)
    expect(result).toMatchObject({
      kind: 'failure',
      failure: { kind, message: expect.stringMatching(message) },
    })
  }
})

async function listening(listener: Server, scheme = 'http'): Promise<string> {
  const sockets = new Set<{ destroy(): void }>()
  listener.on('connection', (socket) => sockets.add(socket))
  await new Promise<void>((resolve) => listener.listen(0, '127.0.0.1', resolve))
  closing.push(() => {
    for (const socket of sockets) socket.destroy()
    if (listener.listening) return new Promise((resolve) => listener.close(resolve))
  })
  return `${scheme}://127.0.0.1:${(listener.address() as AddressInfo).port}/`
}
