import { readdirSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { Ajv } from 'ajv'
import { describe, expect, it } from 'vitest'
import { parseAllDocuments } from 'yaml'
import { pipelineJsonSchema } from '../../scripts/pipeline-schema.ts'
import { checkFiles } from '../../src/pipeline/check.ts'

const ROOT = resolve(import.meta.dirname, '../..')
const published = readFileSync(join(ROOT, 'schemas/pipeline.schema.json'), 'utf8')
const validate = new Ajv({
  allErrors: true,
  strict: true,
  allowUnionTypes: true,
  strictTypes: false,
}).compile(JSON.parse(published))

/** Where a text of YAML does not fit the schema, as an editor would underline it. */
function underlined(text: string): string[] {
  return parseAllDocuments(text).flatMap((document) => {
    validate(document.toJS())
    return (validate.errors ?? [])
      .filter(({ keyword }) => keyword !== 'if' && keyword !== 'anyOf')
      .map(({ instancePath, keyword, params }) => [instancePath, keyword, ...Object.values(params)].join(' '))
  })
}

const task = (input: string) => `
name: P
stageOrder: [S]
stages: {S: {taskOrder: [T], tasks: {T: ${input}}}}
`

it('schemas/pipeline.schema.json is current: npm run schema writes it', () => {
  expect(published).toBe(`${JSON.stringify(pipelineJsonSchema(), null, 2)}\n`)
})

describe('the JSON Schema', () => {
  const examples = readdirSync(join(ROOT, 'examples')).filter((name) => name.endsWith('.yaml'))
  it.each(examples)('fits examples/%s, which names it', (name) => {
    const text = readFileSync(join(ROOT, 'examples', name), 'utf8')
    expect(text).toContain('# yaml-language-server: $schema=../schemas/pipeline.schema.json\n')
    expect(underlined(text)).toEqual([])
  })

  it.each([
    [
      'a key of the pipeline',
      `${task('{type: REST, input: {url: http://h}}')}stageOrdr: []`,
      ' additionalProperties stageOrdr',
    ],
    [
      'a key of a task',
      task('{type: REST, preCondtion: "", input: {url: http://h}}'),
      '/stages/S/tasks/T additionalProperties preCondtion',
    ],
    [
      'a key of an input',
      task('{type: poll, input: {url: http://h, pollcount: 3}}'),
      '/stages/S/tasks/T/input additionalProperties pollcount',
    ],
    [
      'a key of the exit criteria',
      task('{type: POLL, input: {url: http://h, exitCriteria: {sucess: "true"}}}'),
      '/stages/S/tasks/T/input/exitCriteria additionalProperties sucess',
    ],
    [
      'a key of one type in another',
      task('{type: Rest, input: {url: http://h, pollCount: 3}}'),
      '/stages/S/tasks/T/input additionalProperties pollCount',
    ],
  ])('underlines %s that it does not know', (_, text, problem) => {
    expect(underlined(text)).toEqual([problem])
  })

  it.each([
    ['a type that is not run here', task('{type: SSH, input: {}}'), '/stages/S/tasks/T/type'],
    ['an input without its url', task('{type: POLL, input: {}}'), '/stages/S/tasks/T/input required url'],
    ['a task without its input', task('{type: REST}'), '/stages/S/tasks/T required input'],
    [
      'a method that there is not',
      task('{type: REST, input: {url: http://h, action: fetch}}'),
      '/stages/S/tasks/T/input/action',
    ],
    [
      'a count of none',
      task('{type: POLL, input: {url: http://h, pollCount: -1}}'),
      '/stages/S/tasks/T/input/pollCount minimum',
    ],
    [
      'half a count',
      task('{type: POLL, input: {url: http://h, pollCount: 1.5}}'),
      '/stages/S/tasks/T/input/pollCount multipleOf',
    ],
    [
      'a number in words',
      task('{type: POLL, input: {url: http://h, pollIntervalSeconds: soon}}'),
      '/stages/S/tasks/T/input/pollIntervalSeconds',
    ],
    [
      'more runs at once than there may be',
      `${task('{type: REST, input: {url: http://h}}')}concurrency: 51`,
      '/concurrency maximum',
    ],
  ])('underlines %s', (_, text, problem) => {
    expect(underlined(text).join('\n')).toContain(problem)
  })

  it.each([
    [
      'numbers spelled as text',
      task(
        "{type: Poll, input: {url: http://h, pollCount: '3', pollIntervalSeconds: '1', timeoutSeconds: '9.5'}}",
      ),
    ],
    [
      'keys without a value',
      task('{type: REST, preCondition: , input: {url: http://h, headers: {X-A: }, payload: }}'),
    ],
    [
      'the bookkeeping of an export',
      `${task('{type: REST, _configured: true, tags: [], input: {url: http://h, _x: 1}}')}_warnings: []`,
    ],
    [
      'any case',
      task(
        '{type: CONDITION, notifications: {webhook: [{event: Completed, action: PoSt, url: http://h}]}, input: {condition: true}}',
      ),
    ],
    [
      'no count',
      task('{type: POLL, input: {url: http://h, pollCount: 0, exitCriteria: {success: "", failure: ""}}}'),
    ],
  ])('takes %s, as bide does', (_, text) => {
    expect(underlined(text)).toEqual([])
    expect(
      checkFiles([{ file: 'p.yaml', text }]).problems.filter(({ rule }) => rule !== 'no-failure'),
    ).toEqual([])
  })

  it('says of every key what it means', () => {
    const { properties, definitions } = pipelineJsonSchema()
    const maps = [{ properties }, ...Object.values(definitions as Record<string, { properties: object }>)]
    for (const map of maps) {
      for (const [key, schema] of Object.entries(map.properties ?? {})) {
        expect(schema, key).toHaveProperty('description', expect.stringMatching(/^[A-Z`].*[.]$/s))
      }
    }
  })
})
