import { readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { Ajv } from 'ajv'
import { expect, it } from 'vitest'
import { checkFiles } from '../../src/pipeline/check.ts'

const published = join(resolve(import.meta.dirname, '../..'), 'schemas/pipeline.schema.json')
const fits = new Ajv({ strict: false }).compile(JSON.parse(readFileSync(published, 'utf8')))

const webhook = { event: 'SUCCESS', action: 'post', url: 'http://h', headers: { a: 'b' }, payload: 'x' }
const common = { preCondition: 'true', ignoreFailure: true, endpoints: {}, tags: [], state: {} }

/** A pipeline with every key that is used. */
const EVERY_KEY = {
  kind: 'PIPELINE',
  name: 'P',
  description: 'x',
  enabled: true,
  concurrency: 3,
  input: { a: 'b' },
  _inputMeta: { a: { mandatory: true, description: 'x' } },
  output: { a: 'b' },
  options: ['x'],
  notifications: { email: [], jira: [], webhook: [webhook] },
  rollbacks: [{ stage: 'S', task: 'Poll', name: 'Q', inputs: { a: 'b' } }],
  stageOrder: ['S'],
  stages: {
    S: {
      taskOrder: ['Poll,Rest', 'Ask', 'Call'],
      tasks: {
        Poll: {
          type: 'POLL',
          ...common,
          notifications: { webhook: [webhook] },
          input: {
            url: 'http://h',
            method: 'GET',
            headers: { a: 'b' },
            payload: 'x',
            pollCount: 3,
            pollIntervalSeconds: 3,
            ignoreFailure: 'transient',
            exitCriteria: { success: 'true', failure: 'false', pending: 'true' },
            timeoutSeconds: 99,
            requestTimeoutSeconds: 3,
            initialDelaySeconds: 1,
            backoff: { factor: 2, maxSeconds: 3, jitter: 0.5 },
            successThreshold: 1,
            progress: 'a',
            stallSeconds: 3,
            maxBodyBytes: 3,
          },
        },
        Rest: {
          type: 'REST',
          ...common,
          input: {
            url: 'http://h',
            action: 'post',
            headers: { a: 'b' },
            payload: 'x',
            retry: { count: 1, intervalSeconds: 1 },
            idempotencyKey: true,
            requestTimeoutSeconds: 3,
            maxBodyBytes: 3,
          },
        },
        Ask: { type: 'Condition', ...common, input: { condition: 'true' } },
        Call: { type: 'Pipeline', ...common, input: { pipeline: 'Q', inputProperties: { a: 'b' } } },
      },
    },
  },
}

type Path = readonly (string | number)[]

function pathsOf(value: unknown, path: Path = []): Path[] {
  if (value === null || typeof value !== 'object') return [path]
  const inner = Object.entries(value).flatMap(([key, item]) =>
    pathsOf(item, [...path, Array.isArray(value) ? Number(key) : key]),
  )
  return path.length === 0 ? inner : [path, ...inner]
}

const OTHER_VALUES = [true, '', 'x', '3', -1, 1.5, [], { a: 1 }]

/** Rules over two keys, which the JSON Schema does not have. */
const OVER_TWO_KEYS = /needs progress|would come after|can never be reached/

/** What only bide knows: a text that is no URL, and the bounds of a number that is spelled as text. */
function isBeyondSchema(path: Path, value: unknown): boolean {
  const key = path.at(-1)
  return typeof value === 'string' && ((key === 'url' && value !== '') || (key === 'jitter' && value === '3'))
}

/** True where bide has something to say about a key or the type of a value. */
function isFaulty(data: unknown): boolean {
  const { problems } = checkFiles([{ file: 'p.json', text: JSON.stringify(data) }])
  return problems.some(
    ({ rule, message }) =>
      /^(?:missing-key|wrong-type|unknown-key|unsupported-type|kind)$/.test(rule) &&
      !OVER_TWO_KEYS.test(message),
  )
}

function changed(
  path: Path,
  change: (holder: Record<string | number, unknown>, key: string | number) => void,
) {
  const data: unknown = structuredClone(EVERY_KEY)
  const holder = path.slice(0, -1).reduce((at, key) => (at as Record<string, unknown>)[key], data)
  change(holder as Record<string | number, unknown>, path.at(-1) as string | number)
  return data
}

it('the JSON Schema takes the file that has every key', () => {
  expect([fits(EVERY_KEY), isFaulty(EVERY_KEY)]).toEqual([true, false])
})

it.each([
  ['has another value', OTHER_VALUES],
  ['is missing', ['missing']],
  ['is misspelt', ['misspelt']],
])('the JSON Schema and bide agree, whichever key %s', (what, values) => {
  const differences: string[] = []
  for (const path of pathsOf(EVERY_KEY)) {
    for (const value of values) {
      const data = changed(path, (holder, key) => {
        if (what === 'has another value') holder[key] = value
        else if (Array.isArray(holder)) return
        else {
          if (what === 'is misspelt') holder[`${key}X`] = holder[key]
          delete holder[key]
        }
      })
      if (values === OTHER_VALUES && isBeyondSchema(path, value)) continue
      if (fits(data) === isFaulty(data)) differences.push(`${path.join('.')}: ${JSON.stringify(value)}`)
    }
  }
  expect(differences).toEqual([])
})
