import * as v from 'valibot'
import type { PathStep } from '../binding/path.ts'
import { didYouMean } from '../core/did-you-mean.ts'
import {
  INPUT_SCHEMAS,
  type PipelineFile,
  pipelineSchema,
  pollInputSchema,
  restInputSchema,
  rollbackSchema,
  stageSchema,
  type TaskType,
  taskSchema,
} from './schema.ts'
import type { Finding } from './source-file.ts'

export interface Shaped<T> {
  /** Null where it does not fit. */
  readonly value: T | null
  readonly findings: readonly Finding[]
}

/** Checks the types of a pipeline's file, all but the `input` of its tasks, and looks for misspelt keys. */
export function shapePipeline(data: unknown): Shaped<PipelineFile> {
  const shaped = shape(pipelineSchema, data, [])
  return { ...shaped, findings: [...shaped.findings, ...unknownKeys(data)] }
}

/** The type that a file spells in any case; null for a type that is not run here. */
export function taskType(spelled: string): TaskType | null {
  const name = spelled.toUpperCase()
  return Object.hasOwn(INPUT_SCHEMAS, name) ? (name as TaskType) : null
}

/** Checks the `input` of a task and fills in its defaults. */
export function shapeInput<T extends TaskType>(
  type: T,
  input: unknown,
  path: readonly PathStep[],
): Shaped<v.InferOutput<(typeof INPUT_SCHEMAS)[T]>> {
  const schema = INPUT_SCHEMAS[type] as v.GenericSchema<unknown, v.InferOutput<(typeof INPUT_SCHEMAS)[T]>>
  const shaped = shape(schema, input, path)
  return { ...shaped, findings: [...shaped.findings, ...unknownIn(input, INPUT_SCHEMAS[type].entries, path)] }
}

function shape<T>(schema: v.GenericSchema<unknown, T>, data: unknown, path: readonly PathStep[]): Shaped<T> {
  const result = v.safeParse(schema, data)
  if (result.success) return { value: result.output, findings: [] }
  return { value: null, findings: result.issues.map((issue) => findingOf(issue, path)) }
}

function findingOf(issue: v.BaseIssue<unknown>, base: readonly PathStep[]): Finding {
  const steps = (issue.path ?? []).map((item) => item.key as PathStep)
  const isMissing = issue.received === 'undefined'
  const isKey = issue.path?.at(-1)?.origin === 'key'
  const name = String(steps.at(-1) ?? 'the document')
  return {
    severity: 'error',
    rule: isMissing ? 'missing-key' : 'wrong-type',
    message: isMissing ? `${name} is missing` : `${name}: ${messageOf(issue)}`,
    hint: null,
    path: [...base, ...(isMissing ? steps.slice(0, -1) : steps)],
    spot: isKey ? { kind: 'key' } : { kind: 'value' },
  }
}

const NATURAL: Readonly<Record<string, string>> = { Object: 'a map', Array: 'a list' }

function messageOf({ message, expected, received }: v.BaseIssue<unknown>): string {
  if (!message.startsWith('Invalid ')) return message
  const named = (name: string) => NATURAL[name] ?? name
  return `expected ${named(expected ?? 'another value')}, found ${named(received)}`
}

interface Entries {
  readonly [key: string]: unknown
}

/** Warns of each key that no schema names, level by level. */
function unknownKeys(data: unknown): Finding[] {
  const findings = unknownIn(data, pipelineSchema.entries, [])
  for (const [stage, body] of entriesOf(at(data, 'stages'))) {
    const stagePath = ['stages', stage]
    findings.push(...unknownIn(body, stageSchema.entries, stagePath))
    for (const [task, taskBody] of entriesOf(at(body, 'tasks'))) {
      findings.push(...unknownIn(taskBody, taskSchema.entries, [...stagePath, 'tasks', task]))
    }
  }
  const rollbacks = at(data, 'rollbacks')
  if (Array.isArray(rollbacks)) {
    rollbacks.forEach((item, i) => {
      findings.push(...unknownIn(item, rollbackSchema.entries, ['rollbacks', i]))
    })
  }
  return findings
}

const INNER: readonly (readonly [string, Entries])[] = [
  ['exitCriteria', pollInputSchema.entries.exitCriteria.wrapped.entries],
  ['backoff', pollInputSchema.entries.backoff.wrapped.wrapped.entries],
  ['retry', restInputSchema.entries.retry.wrapped.wrapped.entries],
]

/** Keys that begin with `_` belong to the original's own bookkeeping. */
function unknownIn(value: unknown, known: Entries, path: readonly PathStep[]): Finding[] {
  const findings: Finding[] = []
  for (const [key, inner] of entriesOf(value)) {
    const nested = INNER.find(([name]) => name === key && Object.hasOwn(known, name))
    if (nested) findings.push(...unknownIn(inner, nested[1], [...path, key]))
    if (Object.hasOwn(known, key) || key.startsWith('_')) continue
    const names = Object.keys(known).filter((name) => !name.startsWith('_'))
    findings.push({
      severity: 'warning',
      rule: 'unknown-key',
      message: `${key} is no key that is known here; it is not used`,
      hint: didYouMean(key, names),
      path: [...path, key],
      spot: { kind: 'key' },
    })
  }
  return findings
}

function at(value: unknown, key: string): unknown {
  return value !== null && typeof value === 'object' && Object.hasOwn(value, key)
    ? (value as Record<string, unknown>)[key]
    : undefined
}

function entriesOf(value: unknown): [string, unknown][] {
  return value !== null && typeof value === 'object' && !Array.isArray(value) ? Object.entries(value) : []
}
