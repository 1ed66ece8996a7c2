import { execFileSync } from 'node:child_process'
import { celEnv, parse, plan } from '@bufbuild/cel'
import { compileCondition } from '../src/condition/compile.ts'
import type { Condition, Evaluation, Facts } from '../src/core/condition.ts'
import { responseFacts } from '../src/core/facts.ts'
import { type WorstCase, worstCases } from './worst-conditions.ts'

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
  console.log('\n| worst case | evaluate, ms | cold, ms | explain, ms | cold, ms | compile, ms | answer |')
  console.log('| --- | ---: | ---: | ---: | ---: | ---: | --- |')
  for (const [index, [name, source, body]] of worstCases().entries()) {
    const row = worstRow(source, body())
    const [evaluating, explaining] = PARTS.map((part) => inNewProcesses(part, index))
    const cells = [row.evaluating, evaluating, row.explaining, explaining, row.compiling].map(inMilliseconds)
    console.log(`| ${[name, ...cells, row.answer].join(' | ')} |`)
  }
}

const PARTS = ['evaluate', 'explain'] as const
const COLD_ROUNDS = 3

/** What one part of one worst case takes in a process that has evaluated nothing before: the middle of a few. */
function inNewProcesses(part: (typeof PARTS)[number], index: number): number {
  const taken = Array.from({ length: COLD_ROUNDS }, () =>
    Number(
      execFileSync(process.execPath, [process.argv[1] as string, part, String(index)], { encoding: 'utf8' }),
    ),
  )
  return taken.sort((a, b) => a - b)[COLD_ROUNDS >> 1] as number
}

/** The other end of `inNewProcesses`. */
export function runCold(part: string, index: string): void {
  const [, source, body] = worstCases()[Number(index)] as WorstCase
  const condition = compileCondition(source)
  const facts = { ...parsedFacts('{}'), responseJson: body() }
  const [, ms] = timed(() =>
    attempted(() => (part === 'explain' ? explained(condition, facts) : told(condition.evaluate(facts)))),
  )
  console.log(ms)
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

function worstRow(source: string, body: unknown) {
  const [condition, compiling] = timed(() => compileCondition(source))
  const facts = { ...parsedFacts('{}'), responseJson: body }
  const [result, evaluating] = timed(() => attempted(() => told(condition.evaluate(facts))))
  const [sentence, explaining] = timed(() => attempted(() => explained(condition, facts)))
  const answer = sentence.startsWith('threw') ? `${result}; explain ${sentence}` : result
  return { compiling, evaluating, explaining, answer }
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

function inMilliseconds(ms: number): string {
  return ms.toFixed(1)
}

function inMicroseconds(ns: number): string {
  return ns < 1000 ? `${ns.toFixed(0)} ns` : `${(ns / 1000).toFixed(1)} us`
}
