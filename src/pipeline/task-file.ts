import type { PathStep } from '../binding/path.ts'
import { compileCondition, compileNumber } from '../condition/compile.ts'
import { ConditionError } from '../condition/condition-error.ts'
import { defaultSuccess } from '../condition/default-success.ts'
import { compileProgram } from '../condition/program.ts'
import type { Condition, Criteria } from '../core/condition.ts'
import type { FieldProblem } from '../core/errors.ts'
import { crossFieldProblems, urlProblems } from '../core/task.ts'
import type { Task } from './definition.ts'
import { type BoundText, isRunBinding } from './references.ts'
import type { PollInput, TaskFile, TaskType, Webhook } from './schema.ts'
import { shapeInput } from './shape.ts'
import type { Finding } from './source-file.ts'

export interface ReadTask {
  /** Null where something about it is wrong. */
  readonly task: Task | null
  readonly texts: readonly BoundText[]
  readonly findings: readonly Finding[]
}

export interface TaskPlace {
  readonly stage: string
  readonly name: string
  /** All stages of the pipeline. */
  readonly stages: readonly string[]
}

/** Reads one task of a type that we run: its input, its conditions, and the texts that may hold bindings. */
export function readTask(type: TaskType, file: TaskFile, place: TaskPlace): ReadTask {
  const path: readonly PathStep[] = ['stages', place.stage, 'tasks', place.name]
  const reader = createReader(path, place)
  const base = {
    stage: place.stage,
    name: place.name,
    preCondition: file.preCondition === null ? null : reader.runCondition('preCondition', file.preCondition),
    continueOnFailure: file.ignoreFailure,
    webhooks: file.notifications.webhook ?? [],
  }
  reader.webhooks(base.webhooks)
  const task = readInput(type, { file, path, reader, place }, base)
  const { findings, texts } = reader
  return { task: findings.some(({ severity }) => severity === 'error') ? null : task, texts, findings }
}

type Reader = ReturnType<typeof createReader>

interface Source {
  readonly file: TaskFile
  readonly path: readonly PathStep[]
  readonly reader: Reader
  readonly place: TaskPlace
}

type Base = Pick<Task, 'stage' | 'name' | 'preCondition' | 'continueOnFailure' | 'webhooks'>

function readInput(type: TaskType, { file, path, reader }: Source, base: Base): Task | null {
  const at = [...path, 'input']
  let isWhole = true
  const read = <T extends TaskType>(type: T) => {
    const shaped = shapeInput(type, file.input, at)
    isWhole = shaped.findings.every(({ severity }) => severity !== 'error')
    return reader.keep(shaped)
  }
  switch (type) {
    case 'POLL': {
      const input = read('POLL')
      if (input === null) return null
      reader.request(input, ['input'])
      if (isWhole) reader.fields(crossFieldProblems(input))
      return { type, ...base, input, criteria: readCriteria(input, reader) }
    }
    case 'REST': {
      const input = read('REST')
      if (input !== null) reader.request(input, ['input'])
      return input && { type, ...base, input }
    }
    case 'CONDITION': {
      const condition = reader.runCondition('input.condition', read('CONDITION')?.condition ?? null)
      return condition && { type, ...base, condition }
    }
    case 'PIPELINE': {
      const input = read('PIPELINE')
      if (input === null) return null
      reader.textMap(input.inputProperties, ['input', 'inputProperties'])
      return { type, ...base, pipeline: input.pipeline, inputProperties: input.inputProperties }
    }
  }
}

function readCriteria({ exitCriteria, progress }: PollInput, reader: Reader): Criteria {
  const { success = null, failure = null, pending = null } = exitCriteria
  return {
    success: reader.exitCondition('input.exitCriteria.success', success, compileCondition) ?? defaultSuccess,
    failure: reader.exitCondition('input.exitCriteria.failure', failure, compileCondition),
    pending: reader.exitCondition('input.exitCriteria.pending', pending, compileCondition),
    progress: reader.exitCondition('input.progress', progress, compileNumber),
  }
}

interface Request {
  readonly url: string
  readonly headers: Readonly<Record<string, string>>
  readonly payload: string | null
}

type Compile<T> = (source: string, options: { isBinding: (steps: readonly PathStep[]) => boolean }) => T

/** Collects what is wrong with one task, and its texts. */
function createReader(base: readonly PathStep[], { stage, name, stages }: TaskPlace) {
  const findings: Finding[] = []
  const texts: BoundText[] = []
  const owner = { stage, task: name }
  const add = (text: string, path: readonly PathStep[], more: Partial<BoundText> = {}) =>
    texts.push({ text, path: [...base, ...path], owner, ...more })
  const compile = <T>(path: string, source: string | null, make: (source: string) => T): T | null => {
    if (source === null) return null
    try {
      return make(source)
    } catch (error) {
      if (!(error instanceof ConditionError)) throw error
      const { problem: message, hint, offset } = error
      const at = [...base, ...path.split('.')]
      findings.push({
        severity: 'error',
        rule: 'condition',
        message,
        hint,
        path: at,
        spot: { kind: 'offset', offset },
      })
      return null
    }
  }
  const fields = (problems: readonly FieldProblem[], path: readonly PathStep[] = ['input']) => {
    for (const { path: field, message, hint } of problems) {
      const at = [...base, ...path, field]
      const said = { message: `${field}: ${message}`, hint, path: at, spot: { kind: 'value' } } as const
      findings.push({ severity: 'error', rule: 'wrong-type', ...said })
    }
  }
  const request = (
    { url, headers, payload }: Request,
    path: readonly PathStep[],
    more: Partial<BoundText> = {},
  ) => {
    add(url, [...path, 'url'], more)
    if (!url.includes('${')) fields(urlProblems(url), path)
    for (const [header, value] of Object.entries(headers)) add(value, [...path, 'headers', header], more)
    if (payload !== null) add(payload, [...path, 'payload'], more)
  }
  return {
    findings,
    texts,
    request,
    fields,
    keep<T>(shaped: { value: T | null; findings: readonly Finding[] }): T | null {
      findings.push(...shaped.findings)
      return shaped.value
    },
    textMap(values: Readonly<Record<string, string>>, path: readonly PathStep[]) {
      for (const [key, value] of Object.entries(values)) add(value, [...path, key])
    },
    webhooks(webhooks: readonly Webhook[]) {
      webhooks.forEach((webhook, i) => {
        request(webhook, ['notifications', 'webhook', i], { afterOwner: true })
      })
    },
    /** A condition over the run alone: what it looks at stands in `${...}`. */
    runCondition(path: string, source: string | null): Condition | null {
      const condition = compile(path, source, (text) => compileCondition(text, { isBinding: () => true }))
      if (condition === null || source === null) return null
      const at = path.split('.')
      const bare = bareName(source)
      if (bare !== null) findings.push(meaningless(bare, [...base, ...at]))
      add(source, at)
      return condition
    },
    /** A condition over the response, in which `${...}` may also name something of the run. */
    exitCondition<T>(path: string, source: string | null, make: Compile<T>): T | null {
      if (source !== null) add(source, path.split('.'), { overResponse: true })
      return compile(path, source, (text) =>
        make(text, { isBinding: (steps) => isRunBinding(stages, steps) }),
      )
    },
  }
}

interface BareName {
  readonly name: string
  readonly offset: number
}

/** The first name of a condition that does not stand in `${...}`. */
function bareName(source: string): BareName | null {
  const read = compileProgram(source, { isBinding: () => true }).reads.find(({ slot }) => slot === null)
  if (read === undefined) return null
  const [root, property] = read.path.map(String)
  const name =
    root === 'responseJson' && property !== undefined && !source.includes(root) ? property : (root ?? '')
  const outside = source.replace(/\$\{[^}]*\}|"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'/g, (part) =>
    ' '.repeat(part.length),
  )
  return { name, offset: Math.max(0, outside.indexOf(name)) }
}

function meaningless({ name, offset }: BareName, path: readonly PathStep[]): Finding {
  const message = `'${name}' means nothing here: there is no response to look at`
  const hint = 'write what it looks at as ${Stage.Task.output.name} or ${input.name}'
  return { severity: 'error', rule: 'condition', message, hint, path, spot: { kind: 'offset', offset } }
}
