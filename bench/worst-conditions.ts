/** A condition, and what makes a body for it, that hold a process long. */
export type WorstCase = readonly [name: string, source: string, body: () => unknown]

/** Conditions and bodies that were looked for to hold a process as long as they can; bodies are within 5 MiB. */
export function worstCases(): WorstCase[] {
  const items = () => Array.from({ length: 10_000 }, (_, n) => ({ n, state: 'OK' }))
  const many = () => Array.from({ length: 1_000_000 }, (_, n) => n % 10)
  const map = () => Object.fromEntries(items().map((_, n) => [`k${n}`, n]))
  const text = () => 'a'.repeat(1 << 20)
  const full = () => 'a'.repeat(5 << 20)
  const deep = () => JSON.parse(`${'[1,'.repeat(5000)}1${']'.repeat(5000)}`) as unknown
  const grow = repeated(8, 's', (inner) => `[${inner}].map(x, ${Array(10).fill('x').join('+')})[0]`)
  const paths = Array.from({ length: 100 }, (_, n) => `m.k${n} == ${n} && size(m) > 0`).join(' && ')
  const literal = '[1,2,3,4,5,6,7,8,9,10]'
  return [
    ['10k x 10k turns', 'items.all(a, items.all(b, b.n >= 0))', () => ({ items: items() })],
    [
      '10^10 turns over literals',
      repeated(10, 'true', (inner, i) => `${literal}.all(v${i}, ${inner})`),
      () => ({}),
    ],
    [
      'map in map in map',
      'items.map(a, items.map(b, items.map(c, c.n))).size() > 0',
      () => ({ items: items() }),
    ],
    ['filter, then exists', 'items.filter(i, i.n >= 0).exists(i, i.n == 9999)', () => ({ items: items() })],
    ['a million elements', 'many.all(n, n >= 0)', () => ({ many: many() })],
    [
      'lists made in a loop',
      'items.all(a, [a, a, a, a, a, a, a, a].size() == 8)',
      () => ({ items: items() }),
    ],
    ['lists added in a loop', 'items.all(a, (items + items + items).size() > 0)', () => ({ items: items() })],
    [
      'a member of a list, n^2',
      'items.all(a, !(-1 in numbers))',
      () => ({ items: items(), numbers: items().map(({ n }) => n) }),
    ],
    ['equality of lists, n^2', 'items.all(a, items == copies)', () => ({ items: items(), copies: items() })],
    [
      'equality of deep lists',
      'items.all(a, deep == other)',
      () => ({ items: items(), deep: deep(), other: deep() }),
    ],
    ['a text that grows tenfold', `${grow}.size() > 0`, () => ({ s: 'aaaaaaaaaa' })],
    [
      'contains over 1 MB, 10k times',
      "items.all(a, !s.contains('zz'))",
      () => ({ items: items(), s: text() }),
    ],
    [
      'contains, a bad needle',
      'items.all(a, !s.contains(needle))',
      () => ({ items: items(), s: text(), needle: `${text().slice(2)}b` }),
    ],
    [
      'indexOf over 1 MB, 10k times',
      "items.all(a, s.indexOf('b') < 0)",
      () => ({ items: items(), s: text() }),
    ],
    ['indexOf over 5 MiB', "s.indexOf('b') < 0", () => ({ s: full() })],
    [
      'lastIndexOf, a bad needle',
      'items.all(a, s.lastIndexOf(needle) < 0)',
      () => ({ items: items(), s: text(), needle: `b${text().slice(2)}` }),
    ],
    ['split into letters', "s.split('').size() > 0", () => ({ s: full() })],
    ['split and compare', "s.split('').all(c, c == 'a')", () => ({ s: text() })],
    ['upperAscii over 5 MiB', "s.upperAscii() != ''", () => ({ s: full() })],
    ['charAt in a loop', "items.all(a, s.charAt(5) == 'a')", () => ({ items: items(), s: text() })],
    ['substring in a loop', 'items.all(a, s.substring(1) != s)', () => ({ items: items(), s: text() })],
    [
      'comparing long texts',
      'items.all(a, s == t && s <= t)',
      () => ({ items: items(), s: text(), t: `${text().slice(1)}a` }),
    ],
    [
      'startsWith in a loop',
      'items.all(a, s.startsWith(t))',
      () => ({ items: items(), s: text(), t: text().slice(1) }),
    ],
    ['size of 5 MiB', 'size(s) > 0', () => ({ s: full() })],
    ['size of a large map, 10k times', 'items.all(a, size(m) > 0)', () => ({ items: items(), m: map() })],
    [
      'keys of a large map, 10k times',
      'items.all(a, m.exists(k, false))',
      () => ({ items: items(), m: map() }),
    ],
    ['matches over 5 MiB', 's.matches("(a|aa)+$")', () => ({ s: full() })],
    ['matches, counted repeats', 's.matches("(a{0,30}){0,30}b")', () => ({ s: text() })],
    [
      'matches, long alternatives',
      `s.matches("${Array(40).fill('a.*?b').join('|')}")`,
      () => ({ s: text() }),
    ],
    [
      'conversions',
      'items.all(a, string(s) != "" && int("12") == 12)',
      () => ({ items: items(), s: text() }),
    ],
    [
      'a loop that ends at once, over much',
      'items.all(a, many.exists(b, true))',
      () => ({ items: items(), many: many() }),
    ],
    [
      'the same over a list made',
      '[items.map(i, i)].all(l, items.all(a, l.exists(b, true)))',
      () => ({ items: items() }),
    ],
    ['a hundred paths into one object', paths, () => ({ m: map() })],
    [
      'a text of large integers',
      '"${large}" != ""',
      () => ({
        large: many()
          .slice(0, 250_000)
          .map((n) => 2n ** 60n + BigInt(n)),
      }),
    ],
    ['a text of an object', '"${items}" != ""', () => ({ items: items() })],
    ['a text of 5 MiB', '"${many}${many}${many}" != ""', () => ({ many: many() })],
    ['plain addition, the longest', `${Array(90).fill('1').join('+')} == 90`, () => ({})],
  ]
}

function repeated(times: number, start: string, wrap: (inner: string, i: number) => string): string {
  return Array.from({ length: times }).reduce<string>((inner, _, i) => wrap(inner, i), start)
}
