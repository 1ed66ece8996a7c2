import * as v from 'valibot'
import type { PathStep } from '../binding/path.ts'
import { didYouMean } from '../core/did-you-mean.ts'
import { misfits } from './misfits.ts'
import { salvage, salvageInput } from './salvage.ts'
import { INPUT_SCHEMAS, type PipelineFile, pipelineSchema, type TaskType } from './schema.ts'
import type { Finding } from './source-file.ts'

export interface Shaped<T> {
  /** Null where too little of it fits; where a part does not, that part is left out. */
  readonly value: T | null
  readonly findings: readonly Finding[]
}

/** Checks the types of a pipeline's file, all but the `input` of its tasks, and looks for misspelt keys. */
export function shapePipeline(data: unknown): Shaped<PipelineFile> {
  const other = otherKind(data)
  if (other !== null) return { value: null, findings: [other] }
  const { value, findings } = shape(pipelineSchema, data, [])
  if (value !== null || data === null || typeof data !== 'object') return { value, findings }
  const wrong = findings.filter(({ severity }) => severity === 'error')
  const rest = v.safeParse(pipelineSchema, salvage(data, wrong))
  return { value: rest.success ? rest.output : null, findings }
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
  const { value, findings } = shape(schema, input, path)
  if (value !== null || input === null || typeof input !== 'object') return { value, findings }
  const wrong = findings.filter(({ severity }) => severity === 'error')
  const rest = v.safeParse(schema, salvageInput(input, wrong, path))
  return { value: rest.success ? rest.output : null, findings }
}

function shape<T>(schema: v.GenericSchema<unknown, T>, data: unknown, path: readonly PathStep[]): Shaped<T> {
  const strays = misfits(schema, data, path)
  const result = v.safeParse(schema, data)
  const said = new Set(
    strays.filter(({ severity }) => severity === 'error').map((stray) => textOf(stray.path)),
  )
  const issues = (result.issues ?? [])
    .map((issue) => findingOf(issue, path))
    .filter((finding) => !finding.path.some((_, i) => said.has(textOf(finding.path.slice(0, i + 1)))))
    .filter(() => !said.has(textOf([])))
  const isWrong = !result.success || said.size > 0
  return { value: isWrong ? null : result.output, findings: [...issues, ...strays] }
}

function textOf(path: readonly PathStep[]): string {
  return JSON.stringify(path)
}

/** A document that says itself that it is something else. */
function otherKind(data: unknown): Finding | null {
  const kind = data !== null && typeof data === 'object' && 'kind' in data ? data.kind : undefined
  if (typeof kind !== 'string' || kind === 'PIPELINE') return null
  const near = didYouMean(kind, ['PIPELINE'])
  const at = { path: ['kind'], spot: { kind: 'value' } } as const
  if (near !== null)
    return { severity: 'error', rule: 'kind', message: `kind: '${kind}' is unknown`, hint: near, ...at }
  const hint = kind === 'VARIABLE' ? 'variables are given by --var and --var-file' : null
  const message = `a document of kind ${kind} is not read here; only kind: PIPELINE is`
  return { severity: 'warning', rule: 'kind', message, hint, ...at }
}

function findingOf(issue: v.BaseIssue<unknown>, base: readonly PathStep[]): Finding {
  const steps = (issue.path ?? []).map((item) => item.key as PathStep)
  const isMissing = issue.received === 'undefined'
  const isKey = issue.path?.at(-1)?.origin === 'key'
  const name = nameOf(steps)
  return {
    severity: 'error',
    rule: isMissing ? 'missing-key' : 'wrong-type',
    message: isMissing ? `${name} is missing` : `${name}: ${messageOf(issue)}`,
    hint: null,
    path: [...base, ...(isMissing ? steps.slice(0, -1) : steps)],
    spot: isKey ? { kind: 'key' } : { kind: 'value' },
  }
}

function nameOf(steps: readonly PathStep[]): string {
  const last = steps.at(-1)
  if (last === undefined) return 'the document'
  return typeof last === 'number' ? `${steps.at(-2) ?? ''}[${last}]` : last
}

const NATURAL: Readonly<Record<string, string>> = {
  Object: 'a map',
  Array: 'a list',
  string: 'a text',
  '(string | number | boolean)': 'a text',
}

function messageOf({ message, expected, received }: v.BaseIssue<unknown>): string {
  if (!message.startsWith('Invalid ')) return message
  const named = (name: string) => NATURAL[name] ?? name
  return `expected ${named(expected ?? 'another value')}, found ${named(received)}`
}
