import { celEnv, parse, plan } from '@bufbuild/cel'
import { compileCondition } from '../src/condition/compile.ts'
import type { Condition, Evaluation, Facts } from '../src/core/condition.ts'
import { responseFacts } from '../src/core/facts.ts'

const BODY = JSON.stringify({
  progress: 100,
  status: 'FINISHED',
  name: 'Private image enumeration',
  id: 'fb719d5a-f30d-4467-9622-31b765b9d369',
  selfLink: '/api/request-tracker/fb719d5a-f30d-4467-9622-31b765b9d369',
  message: 'Image enumeration finished for 12 regions',
  resources: ['/api/images/1', '/api/images/2'],
})
/** The property names that the conditions below look at; the bare library is given these by hand. */
const CONDITIONS = [
  'status == "FINISHED"',
  'status == "FINISHED" && progress >= 100',
  '${responseBody.status} == "FINISHED"',
  'status == "RUNNING"',
  'missing == "FINISHED"',
  'responseCode == 200',
  'message.matches("finished for [0-9]+ regions$")',
  'resources.exists(r, r == "/api/images/2")',
]
const HEADERS = { 'content-type': 'application/json' }
/** With bindings nothing is kept, so this compiles anew at each call. */
const ANEW = { isBinding: () => false }
const MOMENT = { iteration: 3, elapsedSeconds: 12 }

/** Prints what conditions cost, beside the bare library and parsing the body, and the worst that they can cost. */
export async function run(): Promise<void> {
  const facts = parsedFacts(BODY)
  const parsing = nanoseconds(() => JSON.parse(BODY))
  console.log(`JSON.parse of the body, ${BODY.length} bytes: ${inMicroseconds(parsing)}\n`)
  console.log('| condition | compile | evaluate | values | explain | bare library | evaluate / JSON.parse |')
  console.log('| --- | ---: | ---: | ---: | ---: | ---: | ---: |')
  for (const source of CONDITIONS) console.log(costRow(source, facts, parsing))
  console.log('\n| worst case | evaluate, ms | explain, ms | compile, ms | answer |')
  console.log('| --- | ---: | ---: | ---: | --- |')
  for (const [name, source, body] of worstCases()) console.log(worstRow(name, source, body))
}

function costRow(source: string, facts: Facts, parsing: number): string {
  const condition = compileCondition(source)
  const evaluation = nanoseconds(() => condition.evaluate(facts))
  const cells = [
    `\`${source}\``,
    inMicroseconds(nanoseconds(() => compileCondition(source, ANEW))),
    inMicroseconds(evaluation),
    inMicroseconds(nanoseconds(() => condition.values(facts))),
    inMicroseconds(nanoseconds(() => explained(condition, facts))),
    bareCost(source, facts),
    (evaluation / parsing).toFixed(2),
  ]
  return `| ${cells.join(' | ')} |`
}

/** The library alone over the parsed body: no budget, no views, no bare names but those of the body. */
function bareCost(source: string, facts: Facts): string {
  const evaluate = plan(celEnv({}), parse(source.replace(/\$\{responseBody\.(\w+)\}/, '$1')))
  const context = { ...(facts.responseJson as Record<string, never>), responseCode: 200n }
  return inMicroseconds(nanoseconds(() => evaluate(context)))
}

function worstRow(name: string, source: string, body: unknown): string {
  const [condition, compiling] = timed(() => compileCondition(source))
  const facts = { ...parsedFacts('{}'), responseJson: body }
  const [result, evaluating] = timed(() => attempted(() => told(condition.evaluate(facts))))
  const [sentence, explaining] = timed(() => attempted(() => explained(condition, facts)))
  const answer = sentence.startsWith('threw') ? `${result}; explain ${sentence}` : result
  return `| ${name} | ${[evaluating, explaining, compiling].map((ms) => ms.toFixed(1)).join(' | ')} | ${answer} |`
}

/** The sentence, and each operand, which is evaluated only for who asks. */
function explained(condition: Condition, facts: Facts): string {
  const { sentence, operands } = condition.explain(facts)
  return operands.length > 0 ? sentence : 'nothing'
}

function told(result: Evaluation): string {
  return result.kind === 'error' ? result.message : result.kind
}

/** Nothing should throw; a benchmark that looks for the worst has to live through it. */
function attempted(call: () => string): string {
  try {
    return call()
  } catch (error) {
    return `threw ${error}`
  }
}

/** Conditions and bodies that were looked for to hold a process as long as they can; bodies are within 5 MiB. */
function worstCases(): (readonly [name: string, source: string, body: unknown])[] {
  const items = Array.from({ length: 10_000 }, (_, n) => ({ n, state: 'OK' }))
  const many = Array.from({ length: 1_000_000 }, (_, n) => n % 10)
  const map = Object.fromEntries(items.map((_, n) => [`k${n}`, n]))
  const text = 'a'.repeat(1 << 20)
  const full = 'a'.repeat(5 << 20)
  const deep = () => JSON.parse(`${'[1,'.repeat(5000)}1${']'.repeat(5000)}`) as unknown
  const grow = repeated(8, 's', (inner) => `[${inner}].map(x, ${Array(10).fill('x').join('+')})[0]`)
  const paths = Array.from({ length: 100 }, (_, n) => `m.k${n} == ${n} && size(m) > 0`).join(' && ')
  const literal = '[1,2,3,4,5,6,7,8,9,10]'
  return [
    ['10k x 10k turns', 'items.all(a, items.all(b, b.n >= 0))', { items }],
    ['10^10 turns over literals', repeated(10, 'true', (inner, i) => `${literal}.all(v${i}, ${inner})`), {}],
    ['map in map in map', 'items.map(a, items.map(b, items.map(c, c.n))).size() > 0', { items }],
    ['filter, then exists', 'items.filter(i, i.n >= 0).exists(i, i.n == 9999)', { items }],
    ['a million elements', 'many.all(n, n >= 0)', { many }],
    ['lists made in a loop', 'items.all(a, [a, a, a, a, a, a, a, a].size() == 8)', { items }],
    ['lists added in a loop', 'items.all(a, (items + items + items).size() > 0)', { items }],
    [
      'a member of a list, n^2',
      'items.all(a, !(-1 in numbers))',
      { items, numbers: items.map(({ n }) => n) },
    ],
    ['equality of lists, n^2', 'items.all(a, items == copies)', { items, copies: structuredClone(items) }],
    ['equality of deep lists', 'items.all(a, deep == other)', { items, deep: deep(), other: deep() }],
    ['a text that grows tenfold', `${grow}.size() > 0`, { s: 'aaaaaaaaaa' }],
    ['contains over 1 MB, 10k times', "items.all(a, !s.contains('zz'))", { items, s: text }],
    [
      'contains, a bad needle',
      'items.all(a, !s.contains(needle))',
      { items, s: text, needle: `${text.slice(2)}b` },
    ],
    ['indexOf over 1 MB, 10k times', "items.all(a, s.indexOf('b') < 0)", { items, s: text }],
    ['indexOf over 5 MiB', "s.indexOf('b') < 0", { s: full }],
    [
      'lastIndexOf, a bad needle',
      'items.all(a, s.lastIndexOf(needle) < 0)',
      { items, s: text, needle: `b${text.slice(2)}` },
    ],
    ['split into letters', "s.split('').size() > 0", { s: full }],
    ['split and compare', "s.split('').all(c, c == 'a')", { s: text }],
    ['upperAscii over 5 MiB', "s.upperAscii() != ''", { s: full }],
    ['charAt in a loop', "items.all(a, s.charAt(5) == 'a')", { items, s: text }],
    ['substring in a loop', 'items.all(a, s.substring(1) != s)', { items, s: text }],
    ['comparing long texts', 'items.all(a, s == t && s <= t)', { items, s: text, t: `${text.slice(1)}a` }],
    ['startsWith in a loop', 'items.all(a, s.startsWith(t))', { items, s: text, t: text.slice(1) }],
    ['size of 5 MiB', 'size(s) > 0', { s: full }],
    ['size of a large map, 10k times', 'items.all(a, size(m) > 0)', { items, m: map }],
    ['keys of a large map, 10k times', 'items.all(a, m.exists(k, false))', { items, m: map }],
    ['matches over 5 MiB', 's.matches("(a|aa)+$")', { s: full }],
    ['matches, counted repeats', 's.matches("(a{0,30}){0,30}b")', { s: text }],
    ['matches, long alternatives', `s.matches("${Array(40).fill('a.*?b').join('|')}")`, { s: text }],
    ['conversions', 'items.all(a, string(s) != "" && int("12") == 12)', { items, s: text }],
    ['a loop that ends at once, over much', 'items.all(a, many.exists(b, true))', { items, many }],
    ['the same over a list made', '[items.map(i, i)].all(l, items.all(a, l.exists(b, true)))', { items }],
    ['a hundred paths into one object', paths, { m: map }],
    [
      'a text of large integers',
      '"${large}" != ""',
      { large: many.slice(0, 250_000).map((n) => 2n ** 60n + BigInt(n)) },
    ],
    ['a text of an object', '"${items}" != ""', { items }],
    ['a text of 5 MiB', '"${many}${many}${many}" != ""', { many }],
    ['plain addition, the longest', `${Array(90).fill('1').join('+')} == 90`, {}],
  ]
}

function repeated(times: number, start: string, wrap: (inner: string, i: number) => string): string {
  return Array.from({ length: times }).reduce<string>((inner, _, i) => wrap(inner, i), start)
}

function parsedFacts(body: string): Facts {
  const facts = responseFacts({ code: 200, headers: HEADERS, body }, MOMENT)
  return { ...facts, responseJson: facts.responseJson }
}

/** Nanoseconds of one call: the middle of five rounds of about 40 ms. */
function nanoseconds(call: () => unknown): number {
  let calls = 1
  while (round(call, calls) < 10) calls *= 2
  const rounds = Array.from({ length: 5 }, () => round(call, calls * 4) / (calls * 4))
  return (rounds.sort((a, b) => a - b)[2] as number) * 1e6
}

function round(call: () => unknown, calls: number): number {
  const start = performance.now()
  for (let i = 0; i < calls; i++) call()
  return performance.now() - start
}

/**
 * The value, and the milliseconds of this thread: the lesser of the time by the clock, which other processes
 * disturb, and of the processor's, in which the collector's threads are counted.
 */
function timed<T>(call: () => T): [T, number] {
  const [cpu, wall] = [process.cpuUsage(), performance.now()]
  const value = call()
  const { user, system } = process.cpuUsage(cpu)
  return [value, Math.min(performance.now() - wall, (user + system) / 1000)]
}

function inMicroseconds(ns: number): string {
  return ns < 1000 ? `${ns.toFixed(0)} ns` : `${(ns / 1000).toFixed(1)} us`
}
