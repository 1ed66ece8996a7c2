import { BlockList, isIP, isIPv6 } from 'node:net'
import { BideError } from '../core/errors.ts'

/** How far requests may go: anywhere, anywhere but this machine and its surroundings, or the internet alone. */
export const EGRESS_MODES = ['open', 'internal', 'public'] as const
export type EgressMode = (typeof EGRESS_MODES)[number]

export interface EgressRules {
  readonly mode: EgressMode
  /** Wins over the mode: `10.0.0.0/8`, `host`, `*.example.com`, each with `:port` or without. */
  readonly allow: readonly string[]
  /** Wins over all. */
  readonly deny: readonly string[]
  /** Where the server itself listens: never asked, or a poll could give it orders. */
  readonly own: { readonly addresses: readonly string[]; readonly port: number } | null
}

export interface Target {
  /** As in the URL, without brackets. */
  readonly host: string
  /** Null while the name has not been looked up. */
  readonly address: string | null
  readonly port: number
}

/** Says why a request must not go to a target, or null where it may. */
export type EgressGuard = (target: Target) => string | null

/** @throws BideError for an entry that is neither an address, a range nor a host. */
export function createEgressGuard({ mode, allow, deny, own }: EgressRules): EgressGuard {
  const [allowed, denied] = [allow.map(entryOf), deny.map(entryOf)]
  const isOwn = ownListener(own)
  return (target) => {
    const where = target.address === null ? target.host : target.address
    const rule = denied.find((entry) => entry.fits(target))
    if (rule) return `${where}:${target.port} is denied by --egress-deny ${rule.text}`
    if (isOwn(target)) return `${where}:${target.port} is where this server itself listens`
    if (target.address === null || allowed.some((entry) => entry.fits(target))) return null
    const range = rangeOf(plainAddress(target.address), mode)
    return range === null ? null : `${where} is ${range}, which --egress ${mode} denies`
  }
}

/** Where a URL leads, as far as that is known before its name is looked up. */
export function targetOf(url: URL): Target {
  const host = url.hostname.replace(/^\[|\]$/g, '')
  const port = Number(url.port || (url.protocol === 'https:' ? 443 : 80))
  return { host, address: isIP(host) === 0 ? null : host, port }
}

const EMBEDDED = 'an IPv4 address inside an IPv6 one'

/**
 * In order: the first that holds an address names it. From the registries of special-purpose addresses (RFC 6890 and
 * what has come since), and what clouds say of their metadata services.
 */
const RANGES: readonly {
  readonly name: string
  readonly private?: true
  readonly ranges: readonly string[]
}[] = [
  {
    name: 'a metadata service of a cloud',
    ranges: [
      '169.254.169.254/32',
      '168.63.129.16/32',
      '100.100.100.200/32',
      '192.0.0.192/32',
      'fd00:ec2::/32',
      'fd00:c1::a9fe:a9fe/128',
      'fd00:42::42/128',
      'fd20:ce::254/128',
    ],
  },
  { name: 'a loopback address', ranges: ['127.0.0.0/8', '::1/128'] },
  { name: 'no address of a host', ranges: ['0.0.0.0/8', '::/128'] },
  { name: 'a link-local address', ranges: ['169.254.0.0/16', 'fe80::/10'] },
  { name: 'a carrier-grade NAT address', ranges: ['100.64.0.0/10'] },
  {
    name: EMBEDDED,
    ranges: [
      '::/96',
      '::ffff:0:0/96',
      '::ffff:0:0:0/96',
      '64:ff9b::/96',
      '64:ff9b:1::/48',
      '2002::/16',
      '2001::/32',
    ],
  },
  { name: 'a multicast address', ranges: ['224.0.0.0/4', 'ff00::/8'] },
  { name: 'a reserved address', ranges: ['192.0.0.0/24', '192.88.99.0/24', '240.0.0.0/4'] },
  {
    name: 'a private address',
    private: true,
    ranges: ['10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16', 'fc00::/7'],
  },
  {
    name: 'an address for documents and measurements',
    private: true,
    ranges: [
      '192.0.2.0/24',
      '198.51.100.0/24',
      '203.0.113.0/24',
      '198.18.0.0/15',
      '2001:db8::/32',
      '3fff::/20',
      '2001:2::/48',
    ],
  },
  { name: 'a reserved address', ranges: ['2001::/23'] },
]

const KNOWN = RANGES.map(({ name, private: isPrivate = false, ranges }) => ({
  name,
  isPrivate,
  holds: holder(ranges),
}))
/** Of IPv6, only these are given out: the rest is refused without a name. */
const UNICAST = holder(['2000::/3', 'fc00::/7'])

function rangeOf(address: string, mode: EgressMode): string | null {
  if (mode === 'open') return null
  if (isIPv6(address) && isIsatap(address)) return EMBEDDED
  const range = KNOWN.find(({ holds }) => holds(address))
  if (range) return range.isPrivate && mode === 'internal' ? null : range.name
  return isIPv6(address) && !UNICAST(address) ? 'a reserved address' : null
}

/** ISATAP (RFC 5214) puts the IPv4 address into the lower half, whatever the network is. */
function isIsatap(address: string): boolean {
  return /:(?:0|200)?:5efe:[\da-f]{1,4}:[\da-f]{1,4}]$/.test(new URL(`http://[${address}]`).hostname)
}

/** The families apart: one list for both would find every IPv4 address in `::ffff:0:0/96`. */
function holder(ranges: readonly string[]): (address: string) => boolean {
  const lists = { ipv4: new BlockList(), ipv6: new BlockList() }
  for (const range of ranges) {
    const [net, prefix] = range.split('/') as [string, string]
    lists[familyOf(net)].addSubnet(net, Number(prefix), familyOf(net))
  }
  return (address) => lists[familyOf(address)].check(address, familyOf(address))
}

function familyOf(address: string): 'ipv4' | 'ipv6' {
  return isIPv6(address) ? 'ipv6' : 'ipv4'
}

/** Without the zone of a link-local address. */
function plainAddress(address: string): string {
  return address.replace(/%.*$/, '')
}

/** Here one list for both is wanted: an address is the same one in its IPv6 form. */
function ownListener(own: EgressRules['own']): (target: Target) => boolean {
  if (own === null) return () => false
  const list = new BlockList()
  for (const range of [
    ['127.0.0.0', 8],
    ['0.0.0.0', 32],
    ['::1', 128],
    ['::', 128],
  ] as const)
    list.addSubnet(range[0], range[1], familyOf(range[0]))
  for (const address of own.addresses) list.addAddress(plainAddress(address), familyOf(plainAddress(address)))
  return ({ address, port }) => {
    if (address === null || port !== own.port) return false
    const plain = plainAddress(address)
    return list.check(plain, familyOf(plain))
  }
}

interface Entry {
  readonly text: string
  readonly fits: (target: Target) => boolean
}

function entryOf(text: string): Entry {
  const { name, port } = splitPort(text)
  const matches = matcherOf(name)
  if (matches === null)
    throw new BideError('invalid-usage', `'${text}' is neither an address, a range nor a host`, {
      hint: 'as in 10.0.0.0/8, 127.0.0.1:8080, ci.example.com, *.example.com:443',
    })
  return { text, fits: (target) => (port === null || port === target.port) && matches(target) }
}

function splitPort(text: string): { name: string; port: number | null } {
  if (isIPv6(text.split('/')[0] as string)) return { name: text, port: null }
  const [, bracketed, plain, port] = /^(?:\[([^\]]*)\]|([^:]*))(?::(\d{1,5}))?$/.exec(text) ?? []
  return { name: bracketed ?? plain ?? '', port: port === undefined ? null : Number(port) }
}

function matcherOf(name: string): Entry['fits'] | null {
  const [net = '', prefix] = name.split('/')
  const longest = isIPv6(net) ? 128 : 32
  if (isIP(net) !== 0) {
    const bits = prefix === undefined ? longest : /^\d{1,3}$/.test(prefix) ? Number(prefix) : -1
    if (bits < 0 || bits > longest) return null
    const holds = holder([`${net}/${bits}`])
    return ({ address }) => address !== null && holds(plainAddress(address))
  }
  if (name === '*') return () => true
  if (!/^(\*\.)?[a-z0-9_]([a-z0-9._-]*[a-z0-9])?$/i.test(name)) return null
  const wanted = name.toLowerCase()
  return ({ host }) => {
    const plain = host.toLowerCase().replace(/\.$/, '')
    return wanted.startsWith('*.') ? plain.endsWith(wanted.slice(1)) : plain === wanted
  }
}
