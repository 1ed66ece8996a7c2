import { createServer } from 'node:http'
import { createServer as createTlsServer } from 'node:https'
import { type AddressInfo, connect, type Server } from 'node:net'
import { generate } from 'selfsigned'
import { afterEach, expect, it } from 'vitest'
import { systemClock } from '../engine/system-clock.ts'
import { createTransport } from './transport.ts'

const NAMES = ['http_proxy', 'https_proxy', 'no_proxy', 'HTTP_PROXY', 'HTTPS_PROXY', 'NO_PROXY']
const before = Object.fromEntries(NAMES.map((name) => [name, process.env[name]]))
const closing: (() => unknown)[] = []
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close()
  for (const name of NAMES) delete process.env[name]
  Object.assign(
    process.env,
    Object.fromEntries(Object.entries(before).filter(([, value]) => value !== undefined)),
  )
})

async function listening(server: Server): Promise<number> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  closing.push(() => server.close())
  return (server.address() as AddressInfo).port
}

async function certificate() {
  const extensions = [
    { name: 'subjectAltName' as const, altNames: [{ type: 2 as const, value: 'localhost' }] },
  ]
  return generate([{ name: 'commonName', value: 'localhost' }], { extensions })
}

/** A proxy that tunnels to 127.0.0.1, whatever host was asked for, and notes what passed in the clear. */
async function tunnel() {
  const asked: string[] = []
  const proxy = createServer((_, response) => response.writeHead(500).end())
  proxy.on('connect', (request, client, head) => {
    asked.push(`${request.method} ${request.url} ${request.headers['x-key'] ?? 'no key'}`)
    const upstream = connect(Number(request.url?.split(':')[1]), '127.0.0.1', () => {
      client.write('HTTP/1.1 200 Connection Established\r\n\r\n')
      upstream.write(head)
      upstream.pipe(client).pipe(upstream)
    })
    const end = () => {
      client.destroy()
      upstream.destroy()
    }
    for (const socket of [client, upstream]) socket.on('error', end).on('close', end)
  })
  process.env.HTTPS_PROXY = `http://127.0.0.1:${await listening(proxy)}`
  return asked
}

it.each(['lean', 'pooled'] as const)(
  'an https target is reached through CONNECT by the %s client',
  async (client) => {
    const { private: key, cert } = await certificate()
    const target = createTlsServer({ key, cert }, (request, response) =>
      response.end(`got ${request.headers['x-key']}`),
    )
    const port = await listening(target)
    const asked = await tunnel()
    const transport = await createTransport({ client, clock: systemClock, ca: cert })
    closing.push(() => transport.close())
    const request = {
      method: 'GET',
      url: `https://localhost:${port}/`,
      headers: { 'X-Key': 'k' },
      payload: null,
    }
    const bounds = { timeoutMs: 10_000, maxBodyBytes: 1000, signal: new AbortController().signal }
    const { result } = await transport.send(request, bounds)
    expect(result).toMatchObject({ response: { code: 200, body: 'got k' } })
    expect(asked).toEqual([`CONNECT localhost:${port} no key`])
  },
)

it('a certificate that nobody vouches for is refused behind a proxy too', async () => {
  const { private: key, cert } = await certificate()
  const port = await listening(createTlsServer({ key, cert }, (_, response) => response.end()))
  await tunnel()
  const transport = await createTransport({ client: 'pooled', clock: systemClock })
  closing.push(() => transport.close())
  const request = { method: 'GET', url: `https://localhost:${port}/`, headers: {}, payload: null }
  const bounds = { timeoutMs: 10_000, maxBodyBytes: 1000, signal: new AbortController().signal }
  expect((await transport.send(request, bounds)).result).toMatchObject({ failure: { kind: 'tls' } })
})
