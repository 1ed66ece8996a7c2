import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { runs } from '../../tests/runs.ts'
import { formatPath, type PathStep } from '../binding/path.ts'
import type { Facts } from '../core/condition.ts'
import { responseFacts } from '../core/facts.ts'
import { toJson } from '../core/json.ts'
import { compileCondition, compileNumber, compileValue } from './compile.ts'
import { ConditionError } from './condition-error.ts'

const K8S = { conditions: [{ type: 'Ready', status: 'True' }] }
const LONG = {
  items: Array.from({ length: 10_000 }, (_, n) => ({ n, ok: true })),
}

describe('a condition', () => {
  it.each<[string, unknown, boolean]>([
    ['progress + 1 > 50', { progress: 50 }, true],
    ['done/total*100 >= 75', { done: 3, total: 4 }, true],
    ['done/total*100 >= 75', { done: 2, total: 4 }, false],
    ['progress % 2 == 0', { progress: 50 }, true],
    ['progress % 2 == 0', { progress: 51 }, false],
    ['progress == 100', { progress: 100 }, true],
    ['100 == progress', { progress: 100 }, true],
    ['ratio < 1', { ratio: 0.5 }, true],
    ['progress in [50, 100]', { progress: 50 }, true],
    ['progress in [50, 100]', { progress: 51 }, false],
    ['"100" == progress', { progress: 100 }, false],
    ['missing == "x"', {}, false],
    ['missing < 5', {}, false],
    ['!missing', {}, false],
    ['missing != 0', {}, false],
    ['missing == 1 || status == "FINISHED"', { status: 'FINISHED' }, true],
    ['has(responseJson.a)', { a: null }, true],
    ['has(a)', { a: null }, true],
    ['has(a)', {}, false],
    ['has(o.a)', { o: { a: null } }, true],
    ['has(o.b)', { o: { a: null } }, false],
    ['error == null', { error: null }, true],
    ['o.a == 1', { o: { a: 1, constructor: 2 } }, true],
    ['o.constructor == 2', { o: { a: 1, constructor: 2 } }, true],
    ['constructor == 1', {}, false],
    ['toString == 1', {}, false],
    ['has(responseJson.toString)', {}, false],
    ['__proto__ == {}', {}, false],
    ['nested.type == "Y"', { 'nested.type': 'X', nested: { type: 'Y' } }, true],
    ['type == "VM"', { type: 'VM' }, true],
    ['size == 3 && string == "s" && list == 1', { size: 3, string: 's', list: 1 }, true],
    ['matches(status, "^F")', { status: 'FINISHED' }, true],
    ['status.matches("^F")', { status: 'FINISHED' }, true],
    ['items.all(i, i.ok)', { items: [] }, true],
    ['items.size() == 2 && size(items) == 2', { items: [1, 2] }, true],
    ['conditions.exists(c, c.type == "Ready" && c.status == "True")', K8S, true],
    ['status.startsWith("F") && status.endsWith("D") && status.contains("SH")', { status: 'FINISHED' }, true],
    ['status.lowerAscii() == "done"', { status: 'DONE' }, true],
    ['responseJson["in"] == 1', { in: 1 }, true],
    ['responseJson["name-with-dash"] == 1', { 'name-with-dash': 1 }, true],
    ['responseCode == 200 && iterationCount == 3', {}, true],
    ['elapsedSeconds > 1', {}, true],
    ['responseHeaders["content-type"] == "application/json"', {}, true],
    ['previous == null', {}, true],
    ['ok == TRUE && bad == False', { ok: true, bad: false }, true],
    ['ok', { ok: true }, true],
    ['ok', { ok: 'yes' }, false],
    ["status == 'X'", { status: 'X' }, true],
    ['\n  status\n  ==\n "X"  ', { status: 'X' }, true],
    ['true == true', null, true],
    ['status == "X"', [1, 2], false],
    ['responseJson[0] == 1', [1, 2], true],
  ])('%s over %j', (source, body, holds) => {
    expect(compileCondition(source).evaluate(facts(body)).kind).toBe(holds ? 'holds' : 'does-not-hold')
  })

  it.each([
    'items.filter(i, i.n > 0).exists(i, i.n == 3)',
    'items.map(i, i.n).map(n, n + 1).size() == 10000',
    'items[1].n == 1',
  ])('%s over 10,000 items', (source) => {
    expect(compileCondition(source).evaluate(facts(LONG)).kind).toBe('holds')
  })

  it('compares integers beyond 2^53 digit by digit', () => {
    const at = (body: string) => compileCondition('big == 9007199254740993').evaluate(facts(body)).kind
    expect([at('{"big":9007199254740993}'), at('{"big":9007199254740992}')]).toEqual([
      'holds',
      'does-not-hold',
    ])
  })

  it('sees the attempt before', () => {
    const condition = compileCondition('previous.responseCode == 503 && previous.responseJson.n < n')
    const previous = responseFacts(
      { code: 503, headers: {}, body: '{"n":1}' },
      { iteration: 2, elapsedSeconds: 1 },
    )
    expect(condition.evaluate({ ...facts({}), responseJson: { n: 2 }, previous }).kind).toBe('holds')
  })
})

describe('${...} becomes a path', () => {
  it.each<[string, unknown, boolean]>([
    ['${responseBody.status} == "FINISHED"', { status: 'FINISHED' }, true],
    ['${status} == "X" && ${progress} >= 100', { status: 'X', progress: 100 }, true],
    ['"${status}" == "FINISHED"', { status: 'FINISHED' }, true],
    ['"${status}" == "null"', {}, true],
    ['"${n}" == "5"', { n: 5 }, true],
    ['"job ${id} is ${status}" == "job 7 is up"', { id: 7, status: 'up' }, true],
    ['${in} == 1', { in: 1 }, true],
    ['${nested.in} == 1', { nested: { in: 1 } }, true],
    ['${responseHeaders.content-type} == "application/json"', {}, true],
    ['${My Stage.My Task.output.x[0]} == 5', { 'My Stage': { 'My Task': { output: { x: [5] } } } }, true],
    ['${a\n   b.c} == 1', { 'a b': { c: 1 } }, true],
    ['${status} == "a\\" || true || \\""', { status: 'b' }, false],
    ['has(${a})', { a: null }, true],
  ])('%s over %j', (source, body, holds) => {
    expect(compileCondition(source).evaluate(facts(body)).kind).toBe(holds ? 'holds' : 'does-not-hold')
  })

  it.each<[string, unknown, boolean]>([
    ['${S.T.output.exitCode} == 0', { 'S.T.output.exitCode': 0 }, true],
    ['${S.T.output.exitCode} > 0', {}, false],
    ['"${S.T.output.exitCode}" == "null"', {}, true],
    ['${input.env} == "prod"', { 'input.env': 'prod" || true || "' }, false],
    ['${S.T.output.exitCode} == 0 && status == "UP"', { 'S.T.output.exitCode': 0 }, true],
  ])('of the run: %s with %j', (source, bindings, holds) => {
    const isBinding = (steps: readonly PathStep[]) => /^(S\.T|input)\./.test(formatPath(steps))
    const condition = compileCondition(source, { isBinding })
    const given = {
      ...facts({ status: 'UP' }),
      bindings: bindings as Record<string, unknown>,
    }
    expect(condition.evaluate({ ...given, responseJson: { status: 'UP' } }).kind).toBe(
      holds ? 'holds' : 'does-not-hold',
    )
  })
})

describe('a condition that does not compile is refused', () => {
  it.each<[string, string, number, string]>([
    ['status = "X"', "'=' does not compare", 8, 'write =='],
    ['status == "X', 'a quote that is not closed', 11, 'close it with "'],
    ['(a == 1', "a '(' that is not closed", 1, 'close it with )'],
    ['a == [1, 2', "a '[' that is not closed", 6, 'close it with ]'],
    ['a == 1)', "a ')' that was not opened", 7, ''],
    ['status.startWith("F")', "unknown function 'startWith'", 8, 'did you mean startsWith?'],
    ['a === 1', "'===' is unknown", 3, 'write =='],
    ['a == 1 & b == 2', "a single '&' is unknown", 8, 'write &&'],
    ['a == 1 and b == 2', "unexpected 'and'", 8, 'write &&'],
    ['a == 1 &&', 'nothing stands after &&', 8, ''],
    ['progress + 1', 'the condition gives a number, not true or false', 1, 'compare it'],
    ['"FINISHED"', 'the condition gives a text', 1, ''],
    ['status.matches("(?=x)")', 'not a valid regular expression', 16, 'RE2'],
    ['status.matches(pattern)', 'the pattern of matches() has to be a text in quotes', 16, ''],
    ['in == 1', "'in' is a reserved word", 1, 'responseJson["in"]'],
    ['${a || true}', 'is not a path', 5, 'only a path stands inside ${}'],
    ['${} == 1', 'an empty ${}', 3, ''],
    ['${a == 1', 'a ${ that is not closed', 1, 'close it with }'],
    ['a ==\n b c', "unexpected 'c'", 4, ''],
    ['', 'the condition is empty', 1, ''],
    [' '.repeat(4100), 'the condition is empty', 1, ''],
    [`a == "${'x'.repeat(4100)}"`, 'longer than 4096 characters', 1, ''],
    [`${'('.repeat(2000)}1${')'.repeat(2000)} == 1`, '', 1, ''],
    [`${'('.repeat(101)}1${')'.repeat(101)} == 1`, 'nested too deeply', 101, ''],
    [Array(1300).fill('1').join('+').concat(' == 1'), '', 1, ''],
  ])('%s', (source, problem, column, hint) => {
    const error = thrown(() => compileCondition(source))
    expect(error).toBeInstanceOf(ConditionError)
    const { message, column: at } = error as ConditionError
    expect(message).toContain(problem)
    if (problem) expect([at, message.includes(hint)]).toEqual([column, true])
  })

  it('but not for its brackets, as long as they are a hundred deep', () => {
    const source = `${'('.repeat(100)}1${')'.repeat(100)} == 1 && ")".size() == 1`
    expect(compileCondition(source).evaluate(facts({}))).toEqual({ kind: 'holds' })
  })

  it('with the line and a caret below it', () => {
    expect(thrown(() => compileCondition('a == 1 &&\n  b = 2'))?.message).toBe(
      ["'=' does not compare at 2:5", '    b = 2', '      ^', '  write =='].join('\n'),
    )
  })

  it('whatever the text is, and by nothing but a ConditionError', () => {
    const soup = fc.array(
      fc.constantFrom(
        'a',
        '.',
        '==',
        '"',
        "'",
        '${',
        '}',
        '(',
        ')',
        '[',
        '1',
        ' ',
        '&&',
        '!',
        'x.all(',
        ',',
        '\\',
        '\n',
      ),
    )
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          soup.map((parts) => parts.join('')),
        ),
        (source) => {
          const error = thrown(() => compileCondition(source))
          expect(error === null || error instanceof ConditionError).toBe(true)
        },
      ),
      runs(83),
    )
  })
})

describe('explain', () => {
  it.each<[string, unknown, string]>([
    [
      'status == "FINISHED" && progress >= 100',
      { status: 'RUNNING', progress: 50 },
      'status == "FINISHED" && progress >= 100 -> false: status is "RUNNING", progress is 50',
    ],
    ['status == "FINISHED"', { status: 'FINISHED' }, 'status == "FINISHED" -> true: status is "FINISHED"'],
    ['missing == "x"', {}, 'missing == "x" -> false: missing is not in the response'],
    [
      '"100" == progress',
      { progress: 100 },
      '"100" == progress -> false: progress is 100, "100" == progress compares a text with a number',
    ],
    [
      '${responseBody.status} == "X"',
      { status: 'Y' },
      '${responseBody.status} == "X" -> false: status is "Y"',
    ],
    ['items.size() > 5', { items: [1, 2, 3, 4, 5, 6, 7] }, 'items.size() > 5 -> true: items is [7 items]'],
    ['1 == 2', {}, '1 == 2 -> false'],
  ])('%s over %j', (source, body, sentence) => {
    expect(compileCondition(source).explain(facts(body)).sentence).toBe(sentence)
  })

  it('gives the truth of every operand', () => {
    const { operands } = compileCondition('status == "X" && progress >= 100').explain(
      facts({ status: 'X', progress: 5 }),
    )
    expect(operands).toEqual([
      { text: 'status == "X" && progress >= 100', value: 'false', depth: 0 },
      { text: 'status == "X"', value: 'true', depth: 1 },
      { text: 'status', value: '"X"', depth: 2 },
      { text: 'progress >= 100', value: 'false', depth: 1 },
      { text: 'progress', value: '5', depth: 2 },
    ])
  })

  it('shortens long values', () => {
    const { values } = compileCondition('s == "x"').explain(facts({ s: 'y'.repeat(5000) }))
    expect(values.s?.length).toBeLessThanOrEqual(80)
  })
})

describe('the budget stops', () => {
  const items = LONG.items
  const literal = '[1,2,3,4,5,6,7,8,9,10]'
  const nestedLiterals = Array.from({ length: 10 }).reduce<string>(
    (inner, _, i) => `${literal}.all(v${i}, ${inner})`,
    'true',
  )
  const doubling = Array.from({ length: 8 }).reduce<string>(
    (inner) => `[${inner}].map(x, x+x+x+x+x+x+x+x+x+x)[0]`,
    's',
  )
  it.each<[string, string, unknown]>([
    ['nested loops', 'items.all(a, items.all(b, b.n >= 0))', { items }],
    ['loops over literals', nestedLiterals, {}],
    [
      'loops that end at once, over a long list',
      'items.all(a, many.exists(b, true))',
      { items, many: Array.from({ length: 1e6 }, () => 1) },
    ],
    [
      'loops that end at once, over a list made',
      '[items.map(i, i)].all(l, items.all(a, l.exists(b, true)))',
      { items },
    ],
    [
      'a text of a large value',
      '"${many}" == ""',
      { many: Array.from({ length: 2e5 }, (_, n) => 2n ** 60n + BigInt(n)) },
    ],
    [
      'the keys of a large object, again and again',
      'size(m) > 0 && m.size() > 1 && size(responseJson.m) > 2',
      { m: Object.fromEntries(Array.from({ length: 15e4 }, (_, n) => [`k${n}`, 1])) },
    ],
    ['an expression over a long text', 's.matches("(a|aa)+$")', { s: 'a'.repeat(1e6) }],
    ['a list of lists', 'items.map(a, items.map(b, b.n)).size() > 0', { items }],
    ['a membership test in a loop', 'items.all(a, !(-1 in responseJson.items.map(i, i.n)))', { items }],
    ['searches of a long text', "items.all(a, !s.contains('zz'))", { items, s: 'a'.repeat(1e6) }],
    ['comparisons of large lists', 'items.all(a, items == responseJson.items.filter(x, true))', { items }],
    [
      'sizes of a large map',
      'items.all(a, size(m) > 0)',
      { items, m: Object.fromEntries(items.map((_, i) => [`k${i}`, 1])) },
    ],
    ['a text that doubles', `${doubling}.size() < 0`, { s: 'a'.repeat(10) }],
  ])('%s', (_, source, body) => {
    expect(compileCondition(source).evaluate(facts(body)).kind).not.toBe('holds')
    const { result } = compileCondition(source).explain(facts(body))
    expect(JSON.stringify(result)).toMatch(/stopped after 200000 steps|too long/)
  })
})

it('evaluates any condition over any JSON without throwing', () => {
  const conditions = [
    'a == 1',
    'a.b.c < 2',
    'a.exists(x, x > 1)',
    'size(a) > 1',
    'a + 1 > b',
    'a in b',
    '"${a}" == "1"',
  ].map((c) => compileCondition(c))
  fc.assert(
    fc.property(fc.dictionary(fc.constantFrom('a', 'b', 'c'), fc.jsonValue()), (body) => {
      for (const condition of conditions) {
        condition.evaluate(facts(body))
        condition.explain(facts(body))
      }
    }),
  )
})

it('says what a condition depends on', () => {
  const of = (source: string) => {
    const { readsJson, dependsOnlyOnResponse } = compileCondition(source)
    return [readsJson, dependsOnlyOnResponse]
  }
  expect(of('status == "X"')).toEqual([true, true])
  expect(of('responseCode == 404')).toEqual([false, true])
  expect(of('responseBody.contains("x")')).toEqual([false, true])
  expect(of('"${status}" == "X"')).toEqual([true, true])
  expect(of('iterationCount > 3')).toEqual([false, false])
})

it('compiles numbers and values', () => {
  expect(compileNumber('done / total * 100').evaluate(facts({ done: 1, total: 4 }))).toBe(25)
  expect(compileNumber('missing').evaluate(facts({}))).toBeNull()
  expect(compileValue('items.map(i, i.n)')(facts({ items: [{ n: 1 }] }))).toEqual({
    kind: 'value',
    value: [1],
  })
})

function facts(body: unknown): Facts {
  const text = typeof body === 'string' ? body : toJson(body)
  const headers = { 'content-type': 'application/json' }
  return responseFacts({ code: 200, headers, body: text }, { iteration: 3, elapsedSeconds: 12 })
}

function thrown(action: () => unknown): Error | null {
  try {
    action()
    return null
  } catch (error) {
    return error as Error
  }
}
