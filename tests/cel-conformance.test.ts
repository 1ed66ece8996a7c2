import { createRequire } from 'node:module'
import { resolve } from 'node:path'
import { isCelList, isCelMap, isCelType, isCelUint } from '@bufbuild/cel'
import { tests } from '@bufbuild/cel-spec/testdata/conformance.js'
import { build } from 'esbuild'
import { describe, expect, it } from 'vitest'
// @ts-expect-error: a script without types.
import { standIns } from '../scripts/stand-ins.mjs'
import { ConditionError } from '../src/condition/condition-error.ts'
import { compileProgram } from '../src/condition/program.ts'
import type { Facts } from '../src/core/condition.ts'

/** A value as the conformance data writes it, such as `{ int64Value: '5' }`. */
type Written = Readonly<Record<string, unknown>>
type Case = Readonly<{ path: string; expr: string; bindings: Record<string, Written>; expected: string }>
type Suite = typeof tests

/** The parts of the specification's data that are about values which JSON has. */
const SUITES =
  'basic comparisons conversions fields fp_math integer_math lists logic macros namespace parse plumbing string string_ext'.split(
    ' ',
  )

/** Messages, enums, time, bytes and unsigned integers: no JSON body holds one, and no condition needs one. */
const NOT_JSON =
  /TestAllTypes|GlobalEnum|NestedEnum|google\.protobuf|\b(?:timestamp|duration|uint|bytes)\b|\b(?:0x[\da-f]+|\d+)u\b|(?:^|[^\w'"\\])(?:b|br|rb)['"]/i
const NOT_JSON_VALUES = /objectValue|enumValue|uint64Value|bytesValue|messageType/

/** Functions of the strings extension that conditions do not have: they write text, conditions read it. */
const LEFT_OUT = ['format', 'join', 'quote', 'replace', 'reverse']
const CALLS_LEFT_OUT = new RegExp(`\\b(?:${LEFT_OUT.join('|')})\\(`)

/** Where conditions answer something else than the specification: which cases, how many, and why. */
const DIFFERENCES: readonly (readonly [path: RegExp, count: number, why: string])[] = [
  [/^parse\/receiver_function_names\//, 17, 'an unknown function is found when the condition is compiled'],
  [/^basic\/functions\/unbound/, 1, 'an unknown function is found when the condition is compiled'],
  [/^fields\/quoted_map_fields\//, 6, 'the library reads no names in backquotes; write responseJson["a-b"]'],
  [/^fields\/qualified_identifier_resolution\//, 4, 'a.b is the property b of a, never a property named a.b'],
  [/^namespace\/qualified\//, 1, 'a.b is the property b of a, never a property named a.b'],
  [/^namespace\/namespace\//, 2, 'a response has no namespaces'],
  [/^fp_math\/fp_math\/mod_not_support$/, 1, 'JSON numbers are doubles, and progress % 10 has to work'],
]

/** As measured; it must not become less. */
const RIGHT = 764

const cases =
  tests.suites?.filter(({ name }) => SUITES.includes(name)).flatMap((suite) => casesOf(suite)) ?? []

type Compile = typeof compileProgram

describe.each([
  ['the sources', compileProgram],
  ["the command's bundle, where parts of CEL are loaded when they are needed", await bundledCompile()],
])('%s', (_, compile) => {
  it('answers as the CEL specification says, but for the differences that are listed', () => {
    const differing = cases.filter((one) => answerOf(one, compile) !== one.expected)
    const right = cases.length - differing.length
    console.log(
      `CEL conformance: ${right} of ${cases.length} (${((100 * right) / cases.length).toFixed(1)} %)`,
    )
    const unlisted = differing.filter(({ path }) => !DIFFERENCES.some(([pattern]) => pattern.test(path)))
    expect(unlisted.map((one) => ({ ...one, answer: answerOf(one, compile) }))).toEqual([])
    expect(right).toBeGreaterThanOrEqual(RIGHT)
  })

  it.each(DIFFERENCES)('%s differs in %i cases: %s', (pattern, count) => {
    const differing = cases.filter((one) => pattern.test(one.path) && answerOf(one, compile) !== one.expected)
    expect(differing.map(({ path }) => path)).toHaveLength(count)
  })

  it.each(LEFT_OUT)('%s is unknown', (name) => {
    expect(() => compile(`"a".${name}("b")`)).toThrow(`unknown function '${name}'`)
  })

  it.each([
    ['timestamp("2026-01-02T03:04:05Z").getHours() == 3', true],
    ['timestamp("2026-01-02T03:04:05Z") + duration("1h") > timestamp("2026-01-02T03:04:05Z")', true],
    ['string(duration("90s")) == "90s"', true],
    ['type(duration("1s")) == google.protobuf.Duration', true],
    ['[duration("1s")] == [duration("1000ms")]', true],
    ['"a1".matches("^[a-z][0-9]$")', true],
    ['google.protobuf.Nothing == 1', 'an error'],
  ])('%s is %s', (expr, expected) => {
    const told = typeof expected === 'boolean' ? JSON.stringify({ boolValue: expected }) : expected
    expect(answerOf({ path: '', expr, bindings: {}, expected: told }, compile)).toBe(told)
  })
})

/** As `npm run build` bundles it; the packages of the stand-ins are Node's to load. */
async function bundledCompile(): Promise<Compile> {
  const { outputFiles } = await build({
    absWorkingDir: resolve(import.meta.dirname, '..'),
    plugins: [standIns().plugin],
    entryPoints: ['src/condition/program.ts'],
    bundle: true,
    minify: true,
    format: 'cjs',
    platform: 'node',
    write: false,
  })
  const module = { exports: {} as { compileProgram: Compile } }
  new Function('module', 'require', outputFiles[0]?.text ?? '')(module, createRequire(import.meta.url))
  return module.exports.compileProgram
}

function casesOf(suite: Suite, before = ''): Case[] {
  const path = `${before}${suite.name}/`
  return [
    ...(suite.tests ?? []).flatMap(({ original }) => {
      const text = JSON.stringify(original)
      const isOther =
        NOT_JSON.test(original.expr) || NOT_JSON_VALUES.test(text) || CALLS_LEFT_OUT.test(original.expr)
      if (isOther || original.checkOnly || original.typedResult) return []
      const { name = '', expr, bindings = {}, value = { boolValue: true }, evalError } = original
      const expected = evalError ? 'an error' : JSON.stringify(inOrder(value as Written))
      return [{ path: path + name, expr, bindings: bindings as Case['bindings'], expected }]
    }),
    ...(suite.suites ?? []).flatMap((inner) => casesOf(inner, path)),
  ]
}

/** What a condition gives, over a body that holds the case's variables. */
function answerOf({ expr, bindings }: Case, compile: Compile): string {
  const body = Object.fromEntries(Object.entries(bindings).map(([name, { value }]) => [name, plain(value)]))
  try {
    const answer = compile(expr).run(factsOf(body))
    return answer.kind === 'value' ? JSON.stringify(written(answer.value)) : 'an error'
  } catch (error) {
    if ((error as Error).name === ConditionError.name) return 'an error'
    throw error
  }
}

function factsOf(responseJson: unknown): Facts {
  const moment = { iterationCount: 1, elapsedSeconds: 0, previous: null }
  return { responseCode: 200, responseHeaders: {}, responseBody: '', responseJson, ...moment }
}

/** A written value as a body holds it; whole numbers stay whole, as big ones do. */
function plain(value: unknown): unknown {
  const [[kind, content]] = Object.entries(value as Written) as [[string, never]]
  if (kind === 'int64Value') return BigInt(content)
  if (kind === 'listValue') return (content as { values?: unknown[] }).values?.map(plain) ?? []
  if (kind !== 'mapValue') return content
  const { entries = [] } = content as { entries?: { key: Written; value: Written }[] }
  return Object.fromEntries(entries.map((entry) => [String(plain(entry.key)), plain(entry.value)]))
}

/** A CEL value as the data writes it. */
function written(value: unknown): Written {
  if (typeof value === 'bigint') return { int64Value: String(value) }
  if (typeof value === 'number') return { doubleValue: Number.isFinite(value) ? value : String(value) }
  if (typeof value === 'string') return { stringValue: value }
  if (typeof value === 'boolean') return { boolValue: value }
  if (value === null) return { nullValue: null }
  if (isCelList(value)) return { listValue: { values: [...value].map(written) } }
  if (isCelType(value)) return { typeValue: value.name }
  if (isCelUint(value)) return { uint64Value: String(value.value) }
  if (!isCelMap(value)) return { other: String(value) }
  const entries = [...value.entries()].map(([key, item]) => ({ key: written(key), value: written(item) }))
  return inOrder({ mapValue: { entries } })
}

/** Maps have no order and empty ones are written in two ways. */
function inOrder(value: Written): Written {
  const [[kind, content]] = Object.entries(value) as [[string, never]]
  if (kind === 'listValue') {
    return { listValue: { values: ((content as { values?: Written[] }).values ?? []).map(inOrder) } }
  }
  if (kind !== 'mapValue') return value
  const entries = ((content as { entries?: { key: Written; value: Written }[] }).entries ?? [])
    .map((entry) => ({ key: entry.key, value: inOrder(entry.value) }))
    .sort((a, b) => (JSON.stringify(a.key) < JSON.stringify(b.key) ? -1 : 1))
  return { mapValue: { entries } }
}
