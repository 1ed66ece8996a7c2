import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { runs } from '../../tests/runs.ts'
import { checkFiles } from './check.ts'
import type { Problem } from './problem.ts'
import { readSource } from './source-file.ts'

const VALID = `# a release
kind: PIPELINE
name: Release
input: {target: eu, count: '3'}
_inputMeta: {target: {mandatory: true}}
output: {id: '\${Build.Start.output.responseJson.id}'}
notifications: {webhook: [{event: SUCCESS, url: http://h/hook, payload: '\${status}'}]}
rollbacks: [{stage: Build, name: Undo}]
stageOrder: [Build, Deploy]
stages:
  Build:
    taskOrder: [Start, 'Wait,Check']
    tasks:
      Start: &rest {type: REST, input: {action: post, url: http://h/, payload: "a\\t\${input.target}"}}
      Wait:
        type: POLL
        input:
          url: http://h/\${Build.Start.output.responseBody.id}
          backoff: {factor: 2}
          exitCriteria:
            success: >
              status == "FINISHED" &&
              progress >= 100
            failure: |
              status == "FAILED"
      Check: {type: Condition, input: {condition: '\${input.count} == "3"'}}
  Deploy:
    taskOrder: [Go]
    tasks: {Go: *rest}
---
{"name": "Undo", "stageOrder": ["S"], "stages": {"S": {"taskOrder": ["T"], "tasks": {"T": {"type": "rest",
  "preCondition": "\${executionId} != \\"x\\"", "input": {"url": "http://h/", "headers": {"A": "b"}}}}}}}
`

it('what it is about to change is valid', () => {
  expect(checkFiles([{ file: 'f', text: VALID }]).problems).toEqual([])
})

it('an input without a default is one all the same', () => {
  const text = VALID.replace("{target: eu, count: '3'}", '{target: , count: }')
  expect(checkFiles([{ file: 'f', text }]).problems).toEqual([])
})

const at = fc.integer({ min: 0, max: VALID.length })
const slice = fc.tuple(at, fc.integer({ min: 0, max: 40 }))
const change = fc.oneof(
  slice.map(
    ([from, length]) =>
      (text: string) =>
        text.slice(0, from) + text.slice(from + length),
  ),
  slice.map(
    ([from, length]) =>
      (text: string) =>
        text.slice(0, from + length) + text.slice(from),
  ),
  fc
    .tuple(
      at,
      fc.constantFrom(
        '\n',
        '\t',
        ' ',
        ':',
        '- ',
        '"',
        "'",
        '{',
        '}',
        '[',
        ']',
        ',',
        '&a ',
        '*a',
        '*rest',
        '!!set ',
        '<<: ',
      ),
    )
    .map(
      ([from, some]) =>
        (text: string) =>
          text.slice(0, from) + some + text.slice(from),
    ),
  fc
    .tuple(
      at,
      fc.constantFrom(
        '${',
        '}',
        '\\',
        '\u0000',
        '\uFEFF',
        '\r\n',
        '---\n',
        '%',
        '|',
        '>',
        '?',
        '__proto__: ',
        '~',
        '=',
        '😀',
      ),
    )
    .map(
      ([from, some]) =>
        (text: string) =>
          text.slice(0, from) + some + text.slice(from),
    ),
  fc.tuple(at, at, fc.integer({ min: 1, max: 30 })).map(
    ([from, to, length]) =>
      (text: string) =>
        text.slice(0, to) + text.slice(from, from + length) + text.slice(to),
  ),
)

/** Within the file, on the line that it shows. */
function expectPlaced(problem: Problem, text: string): void {
  const lines = text.split(/\r?\n/)
  expect(problem.line).toBeGreaterThanOrEqual(1)
  expect(problem.line).toBeLessThanOrEqual(lines.length)
  expect(problem.column).toBeGreaterThanOrEqual(1)
  expect(problem.column).toBeLessThanOrEqual((lines[problem.line - 1] as string).length + 1)
  expect(problem.text).toBe(lines[problem.line - 1])
}

it('whatever comes in, says what is wrong with it and where, and never breaks', () => {
  fc.assert(
    fc.property(fc.array(change, { minLength: 1, maxLength: 4 }), (changes) => {
      const text = changes.reduce((changed, apply) => apply(changed), VALID)
      const { problems, pipelines } = checkFiles([{ file: 'f', text }])
      for (const problem of problems) expectPlaced(problem, text)
      if (pipelines.size === 0) expect(problems.map(({ severity }) => severity)).toContain('error')
    }),
    runs(167),
  )
})

it('takes any text at all', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 200 }), (text) => {
      for (const problem of checkFiles([{ file: 'f', text }]).problems) expectPlaced(problem, text)
    }),
    runs(167),
  )
})

describe('a text that is made to be a burden', () => {
  it('of aliases of aliases is given up', () => {
    const levels = Array.from({ length: 30 }, (_, i) => `a${i + 1}: &a${i + 1} [${`*a${i},`.repeat(10)}]`)
    const { documents, problems } = readSource('f', `a0: &a0 [x]\n${levels.join('\n')}\n`)
    expect(documents).toEqual([])
    expect(problems.map(({ message }) => message)).toEqual([
      'it is nested too deeply, or too large, to be read',
    ])
  })

  it.each(['[', '{a: ', '- '])('of %j again and again is given up', (open) => {
    const { problems } = readSource('f', open.repeat(100_000))
    expect(problems.length).toBeGreaterThan(0)
  })

  it('of 5 MB is read', () => {
    const text = VALID.replace('# a release', `# ${'x'.repeat(80)}\n`.repeat(61_000))
    expect(text.length).toBeGreaterThan(5_000_000)
    expect(checkFiles([{ file: 'f', text }]).problems).toEqual([])
  })

  it('of one map of 50,000 keys is read', () => {
    const keys = Array.from({ length: 50_000 }, (_, i) => `k${i}: 1`).join('\n')
    expect(readSource('f', keys).problems).toEqual([])
  })

  it('of 10,000 tasks, each of which is wrong, is read', () => {
    const names = Array.from({ length: 10_000 }, (_, i) => `T${i}`)
    const tasks = names.map(
      (name) => `      ${name}: {type: REST, input: {url: http://h/, bdy: x, payload: '\${S.U.status}'}}`,
    )
    const text = `name: P\nstageOrder: [S]\nstages:\n  S:\n    taskOrder: [${names.join(', ')}]\n    tasks:\n${tasks.join('\n')}\n`
    expect(checkFiles([{ file: 'f', text }]).problems).toHaveLength(20_000)
  })

  it('of 10,000 uses of one anchor is read', () => {
    const list = '  - *a\n'.repeat(10_000)
    const { documents } = readSource('f', `a: &a {b: c}\nlist:\n${list}`)
    expect(documents[0]?.data).toMatchObject({ list: { length: 10_000 } })
  })
})

describe('numbers and empty values', () => {
  it.each([
    ['1.10', '1.10'],
    ['007', '007'],
    ['9007199254740993', '9007199254740993'],
    ['12', 12],
    ['1.5', 1.5],
    ['true', true],
    ["'12'", '12'],
    ['1e3', '1e3'],
  ])('%s is %j', (written, value) => {
    expect(readSource('f', `a: ${written}`).documents[0]?.data).toEqual({ a: value })
  })

  it('a key without a value is left out', () => {
    expect(readSource('f', 'a:\nb: ~\nc: null\nd: [1, ~]').documents[0]?.data).toEqual({ d: [1, null] })
  })
})

it('says once what stands where it may not, not of all that follows it', () => {
  const { problems } = readSource('a.yaml', 'a: { b: "x" == "z", c: d }\ne:\n  f: { g: h, i: j } }\n')
  expect(problems.map(({ line, column, rule }) => [line, column, rule])).toEqual([[1, 13, 'syntax']])
})
