import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { systemClock } from '../engine/system-clock.ts'
import { type JobServer, jobServer } from '../testing/job-server.ts'
import { createEgressGuard, type EgressRules, targetOf } from './egress.ts'
import { createTransport } from './transport.ts'

const rules = (changed: Partial<EgressRules> = {}): EgressRules => ({
  mode: 'internal',
  allow: [],
  deny: [],
  own: null,
  ...changed,
})
const verdict = (url: string, changed: Partial<EgressRules> = {}) =>
  createEgressGuard(rules(changed))(targetOf(new URL(url)))

describe('where a request may go', () => {
  it.each([
    ['http://127.0.0.1/', 'a loopback address'],
    ['http://2130706433/', 'a loopback address'],
    ['http://0x7f.1/', 'a loopback address'],
    ['http://017700000001/', 'a loopback address'],
    ['http://[::1]/', 'a loopback address'],
    ['http://0.0.0.0/', 'no address of a host'],
    ['http://[::]/', 'no address of a host'],
    ['http://169.254.169.254/latest/meta-data', 'a metadata service'],
    ['http://168.63.129.16/', 'a metadata service'],
    ['http://[fd00:ec2::254]/', 'a metadata service'],
    ['http://100.100.100.200/', 'a metadata service'],
    ['http://192.0.0.192/', 'a metadata service'],
    ['http://[fd00:ec2::23]/', 'a metadata service'],
    ['http://[fd00:c1::a9fe:a9fe]/', 'a metadata service'],
    ['http://[fd00:42::42]/', 'a metadata service'],
    ['http://[fd20:ce::254]/', 'a metadata service'],
    ['http://169.254.1.1/', 'a link-local address'],
    ['http://169.254.170.2/v2/credentials', 'a link-local address'],
    ['http://[fe80::a9fe:a9fe]/', 'a link-local address'],
    ['http://[febf::1]/', 'a link-local address'],
    ['http://0.1.2.3/', 'no address of a host'],
    ['http://127.255.255.254/', 'a loopback address'],
    ['http://127.1/', 'a loopback address'],
    ['http://0177.0.0.1/', 'a loopback address'],
    ['http://0x7f000001/', 'a loopback address'],
    ['http://127。0。0。1/', 'a loopback address'],
    ['http://①②⑦.0.0.1/', 'a loopback address'],
    ['http://100.127.255.255/', 'a carrier-grade NAT address'],
    ['http://[64:ff9b:1::7f00:1]/', 'an IPv4 address inside an IPv6 one'],
    ['http://[::ffff:0:127.0.0.1]/', 'an IPv4 address inside an IPv6 one'],
    ['http://[::ffff:a9fe:a9fe]/', 'an IPv4 address inside an IPv6 one'],
    ['http://[2606:4700::5efe:7f00:1]/', 'an IPv4 address inside an IPv6 one'],
    ['http://[2606:4700:1:1:0:5efe:7f00:1]/', 'an IPv4 address inside an IPv6 one'],
    ['http://[2606:4700:1:1:200:5efe:10.0.0.1]/', 'an IPv4 address inside an IPv6 one'],
    ['http://[fe80::5efe:10.0.0.1]/', 'an IPv4 address inside an IPv6 one'],
    ['http://239.255.255.250/', 'a multicast address'],
    ['http://192.0.0.8/', 'a reserved address'],
    ['http://192.88.99.1/', 'a reserved address'],
    ['http://240.0.0.1/', 'a reserved address'],
    ['http://[100::1]/', 'a reserved address'],
    ['http://[5f00::1]/', 'a reserved address'],
    ['http://[2001:20::1]/', 'a reserved address'],
    ['http://[4000::1]/', 'a reserved address'],
    ['http://[fe80::1]/', 'a link-local address'],
    ['http://100.64.0.1/', 'a carrier-grade NAT address'],
    ['http://[::ffff:127.0.0.1]/', 'an IPv4 address inside an IPv6 one'],
    ['http://[::ffff:10.0.0.1]/', 'an IPv4 address inside an IPv6 one'],
    ['http://[64:ff9b::7f00:1]/', 'an IPv4 address inside an IPv6 one'],
    ['http://[2002:7f00:1::]/', 'an IPv4 address inside an IPv6 one'],
    ['http://[2001:0:7f00:1::]/', 'an IPv4 address inside an IPv6 one'],
    ['http://[::7f00:1]/', 'an IPv4 address inside an IPv6 one'],
    ['http://224.0.0.1/', 'a multicast address'],
    ['http://[ff02::1]/', 'a multicast address'],
    ['http://255.255.255.255/', 'a reserved address'],
    ['http://[fec0::1]/', 'a reserved address'],
  ])('%s is %s', (url, what) => {
    for (const mode of ['internal', 'public'] as const)
      expect(verdict(url, { mode })).toMatch(new RegExp(`is ${what}.*, which --egress ${mode} denies`))
    expect(verdict(url, { mode: 'open' })).toBeNull()
  })

  it.each(['http://10.1.2.3/', 'http://172.16.0.1/', 'http://192.168.0.1/', 'http://[fd12::1]/'])(
    '%s is for internal, not for public',
    (url) => {
      expect(verdict(url)).toBeNull()
      expect(verdict(url, { mode: 'public' })).toContain('a private address')
    },
  )

  it.each(['http://192.0.2.1/', 'http://198.19.0.1/', 'http://[2001:db8::1]/', 'http://[3fff::1]/'])(
    '%s, for documents and measurements, is for internal, not for public',
    (url) => {
      expect(verdict(url)).toBeNull()
      expect(verdict(url, { mode: 'public' })).toContain('for documents and measurements')
    },
  )

  it.each([
    'http://1.1.1.1/',
    'http://[2606:4700::1111]/',
    'http://172.32.0.1/',
    'http://172.15.255.255/',
    'http://100.63.255.255/',
    'http://100.128.0.1/',
    'http://11.0.0.1/',
    'http://169.253.1.1/',
    'http://[2001:4860:4860::8888]/',
    'http://[2001:200::1]/',
    'http://[2606:4700::5efe:7f00:0:1]/',
  ])('%s is for all', (url) => {
    expect([verdict(url), verdict(url, { mode: 'public' })]).toEqual([null, null])
  })

  it('the lists win over the mode, and deny over allow', () => {
    const allow = ['127.0.0.1:8080', '[::1]:8080', '10.0.0.0/8']
    expect(verdict('http://127.0.0.1:8080/', { allow })).toBeNull()
    expect(verdict('http://[::1]:8080/', { allow })).toBeNull()
    expect(verdict('http://127.0.0.1:8081/', { allow })).not.toBeNull()
    expect(verdict('http://10.9.9.9/', { allow, mode: 'public' })).toBeNull()
    expect(verdict('http://10.9.9.9/', { allow, deny: ['10.9.0.0/16'] })).toContain(
      '--egress-deny 10.9.0.0/16',
    )
    expect(verdict('http://a.example.com/', { deny: ['*.example.com'] })).not.toBeNull()
    expect(verdict('http://EXAMPLE.com./', { deny: ['example.com'] })).not.toBeNull()
    expect(verdict('http://example.com/', { deny: ['*.example.com'] })).toBeNull()
    expect(verdict('http://1.1.1.1:22/', { deny: ['*:22'] })).not.toBeNull()
  })

  it.each(['', '10.0.0.0/33', 'a b', '::1/129', 'host:port'])('%j is no entry of a list', (entry) => {
    expect(() => createEgressGuard(rules({ allow: [entry] }))).toThrow(
      'is neither an address, a range nor a host',
    )
  })

  it.each([
    'http://127.0.0.1:9/',
    'http://0.0.0.0:9/',
    'http://[::1]:9/',
    'http://[::ffff:127.0.0.1]:9/',
    'http://10.5.5.5:9/',
  ])('its own listener is never asked, not even when all is open: %s', (url) => {
    const own = { addresses: ['10.5.5.5'], port: 9 }
    expect(verdict(url, { mode: 'open', own, allow: ['*'] })).toContain('where this server itself listens')
    expect(verdict(url.replace(':9/', ':10/'), { mode: 'open', own })).toBeNull()
  })
})

describe('the guard at the connector', () => {
  let server: JobServer
  beforeAll(async () => {
    server = await jobServer()
  })
  afterAll(() => server.close())

  async function send(url: string, changed: Partial<EgressRules> = {}) {
    const transport = await createTransport({ clock: systemClock, egress: createEgressGuard(rules(changed)) })
    const request = { method: 'GET', url, headers: {}, payload: null }
    const { result } = await transport.send(request, { timeoutMs: 5000, maxBodyBytes: 1000, signal: null })
    await transport.close()
    return result.kind === 'failure' ? [result.failure.kind, result.failure.message] : result.response.code
  }

  it('refuses an address, and a name that leads to it, before anything is sent', async () => {
    const before = server.requests.length
    const port = new URL(server.url).port
    expect(await send(server.job())).toEqual([
      'denied',
      expect.stringContaining('127.0.0.1 is a loopback address'),
    ])
    expect(await send(`http://localhost:${port}/`)).toEqual([
      'denied',
      expect.stringMatching(/localhost leads where it must not: .* is a loopback address/),
    ])
    expect(server.requests).toHaveLength(before)
  })

  it('refuses a redirect to where it must not go', async () => {
    const { host, port } = new URL(server.url)
    const url = server.route('/away', { status: 302, headers: { location: 'http://169.254.169.254/latest' } })
    expect(await send(url, { allow: [host] })).toEqual([
      'denied',
      expect.stringContaining('a metadata service'),
    ])
    const inner = server.route('/inner', { status: 302, headers: { location: `http://localhost:${port}/` } })
    expect(await send(inner, { allow: [host], deny: ['localhost'] })).toEqual([
      'denied',
      expect.stringContaining('--egress-deny localhost'),
    ])
  })

  it('lets through what is allowed, by address and by name', async () => {
    const { host, port } = new URL(server.url)
    const url = server.job()
    expect(await send(url, { allow: [host] })).toBe(200)
    expect(await send(url.replace('127.0.0.1', 'localhost'), { allow: [`localhost:${port}`] })).toBe(200)
    expect(await send(url, { mode: 'open' })).toBe(200)
  })
})
