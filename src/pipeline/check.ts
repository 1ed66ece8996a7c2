import { didYouMean } from '../core/did-you-mean.ts'
import { callsOf, checkCalls } from './calls.ts'
import type { Pipeline, Stage, Task } from './definition.ts'
import { lintPipeline, lintTask } from './lint.ts'
import { type Order, readOrder } from './order.ts'
import type { Problem } from './problem.ts'
import { type BoundText, checkReferences, type KnownNames } from './references.ts'
import { NO_TYPE } from './salvage.ts'
import { INPUT_SCHEMAS, type PipelineFile } from './schema.ts'
import { shapePipeline, taskType } from './shape.ts'
import { type Finding, readSource, type SourceDocument } from './source-file.ts'
import { readTask } from './task-file.ts'

export interface CheckedFiles {
  /** Those without an error, by name. */
  readonly pipelines: ReadonlyMap<string, Pipeline>
  /** Of all files, by file and line. */
  readonly problems: readonly Problem[]
}

export interface NamedText {
  readonly file: string
  readonly text: string
}

export interface CheckOptions {
  /** Names of variables, where they are known. */
  readonly variables?: readonly string[]
  /** Whether one that is not among them is only warned of: it may be there by the time that the pipeline runs. */
  readonly mayVariablesCome?: boolean
  /** Pipelines that are not in these files and may be called all the same. */
  readonly elsewhere?: readonly string[]
  /** Whether the files need not be run together: only a name that one of them calls is then an error in several. */
  readonly areApart?: boolean
}

interface PlacedPipeline {
  readonly file: string
  readonly document: SourceDocument
  readonly pipeline: Pipeline
}

/** Reads pipelines and says all that can be known to be wrong with them before anything is sent. */
export function checkFiles(files: readonly NamedText[], options: CheckOptions = {}): CheckedFiles {
  const problems: Problem[] = []
  const pipelines = new Map<string, Pipeline>()
  const documents: PlacedPipeline[] = []
  for (const { file, text } of files) {
    const source = readSource(file, text)
    problems.push(...source.problems)
    let isPipeline = source.problems.length > 0
    for (const document of source.documents) {
      const { pipeline, findings } = checkDocument(document.data, options)
      isPipeline ||=
        findings.length === 0 || findings.some((f) => f.rule !== 'kind' || f.severity === 'error')
      problems.push(...findings.map(document.locate))
      if (pipeline === null) continue
      if (!pipelines.has(pipeline.name)) pipelines.set(pipeline.name, pipeline)
      documents.push({ file, document, pipeline })
    }
    if (!isPipeline) problems.push(nothingIn(file, text))
  }
  problems.push(...takenNames(documents, options.areApart ?? false))
  const calls = documents.map(({ file, document, pipeline }) => {
    const own = documents.filter((other) => other.file === file)
    const known = new Map([...pipelines, ...own.map((one) => [one.pipeline.name, one.pipeline] as const)])
    return { name: pipeline.name, found: checkCalls(pipeline, known, options.elsewhere).map(document.locate) }
  })
  for (const { name, found } of calls) {
    problems.push(...found)
    if (found.some(({ severity }) => severity === 'error')) pipelines.delete(name)
  }
  return { pipelines, problems: unique(problems).sort(byPlace) }
}

interface CheckedDocument {
  readonly pipeline: Pipeline | null
  readonly findings: readonly Finding[]
}

function checkDocument(data: unknown, options: CheckOptions): CheckedDocument {
  const { variables = null, mayVariablesCome = false } = options
  const { value, findings: shapeFindings } = shapePipeline(data)
  if (value === null) return { pipeline: null, findings: shapeFindings }
  const file = withDescribedInputs(value)
  const order = readOrder(file)
  const tasks = readTasks(file)
  const known: KnownNames = {
    file,
    order,
    variables,
    mayVariablesCome,
    typeOf: (stage, task) => taskType(file.stages[stage]?.tasks[task]?.type ?? ''),
  }
  const findings = [
    ...shapeFindings,
    ...order.findings,
    ...tasks.findings,
    ...[...tasks.texts, ...pipelineTexts(file)].flatMap((text) => checkReferences(text, known)),
    ...rollbackFindings(file),
    ...[...tasks.read.values()].flatMap(lintTask),
    ...lintPipeline(file),
  ]
  const isWrong = findings.some(({ severity }) => severity === 'error')
  return { pipeline: isWrong ? null : assemble(file, order, tasks.read), findings }
}

/** An input that is only described is there all the same, with an empty default. */
function withDescribedInputs(file: PipelineFile): PipelineFile {
  const described = Object.keys(file._inputMeta).map((name) => [name, ''])
  return { ...file, input: { ...Object.fromEntries(described), ...file.input } }
}

function readTasks(file: PipelineFile) {
  const findings: Finding[] = []
  const texts: BoundText[] = []
  const read = new Map<string, Task>()
  const stages = Object.keys(file.stages)
  for (const stage of stages) {
    for (const [name, taskFile] of Object.entries(file.stages[stage]?.tasks ?? {})) {
      if (taskFile.type === NO_TYPE) continue
      const type = taskType(taskFile.type)
      if (type === null) {
        findings.push(unsupported(taskFile.type, ['stages', stage, 'tasks', name, 'type']))
        continue
      }
      const result = readTask(type, taskFile, { stage, name, stages })
      findings.push(...result.findings)
      texts.push(...result.texts)
      if (result.task) read.set(taskKey(stage, name), result.task)
    }
  }
  return { findings, texts, read }
}

/** What is read once the run has ended may refer to any task. */
function pipelineTexts(file: PipelineFile): BoundText[] {
  const of = (values: Readonly<Record<string, string>>, path: readonly (string | number)[]): BoundText[] =>
    Object.entries(values).map(([key, text]) => ({ text, path: [...path, key], owner: null }))
  const webhooks = (file.notifications.webhook ?? []).flatMap(({ url, headers, payload }, i) => {
    const path = ['notifications', 'webhook', i]
    return [...of({ url, ...(payload !== null && { payload }) }, path), ...of(headers, [...path, 'headers'])]
  })
  const inputs = file.rollbacks.flatMap(({ inputs }, i) => of(inputs, ['rollbacks', i, 'inputs']))
  return [...of(file.output, ['output']), ...webhooks, ...inputs]
}

function rollbackFindings(file: PipelineFile): Finding[] {
  return file.rollbacks.flatMap(({ stage, task }, i): Finding[] => {
    const tasks = file.stages[stage]?.tasks
    const isKnown = tasks !== undefined && (task === undefined || Object.hasOwn(tasks, task))
    if (isKnown) return []
    const message =
      tasks === undefined ? `there is no stage '${stage}'` : `stage ${stage} has no task '${task}'`
    const path = ['rollbacks', i, tasks === undefined ? 'stage' : 'task']
    return [{ severity: 'error', rule: 'rollback', message, hint: null, path, spot: { kind: 'value' } }]
  })
}

function assemble(file: PipelineFile, order: Order, read: ReadonlyMap<string, Task>): Pipeline {
  const stages = order.stages.map(
    ({ name, steps }): Stage => ({
      name,
      steps: steps.map((names) => names.map((task) => read.get(taskKey(name, task)) as Task)),
    }),
  )
  return {
    name: file.name,
    description: file.description,
    enabled: file.enabled,
    concurrency: file.concurrency,
    input: file.input,
    mandatoryInputs: Object.entries(file._inputMeta).flatMap(([name, { mandatory }]) =>
      mandatory ? [name] : [],
    ),
    inputMeta: file._inputMeta,
    output: file.output,
    stages,
    rollbacks: file.rollbacks.map(({ stage, task, name, inputs }) => ({
      stage,
      task: task ?? null,
      pipeline: name,
      inputs,
    })),
    webhooks: file.notifications.webhook ?? [],
  }
}

function unsupported(type: string, path: readonly string[]): Finding {
  const types = Object.keys(INPUT_SCHEMAS)
  const message = `a task of type ${type} is not run here`
  const list = `these are: ${types.join(', ')}; docs/from-code-stream.md says what to use instead`
  const hint = didYouMean(type, types) ?? list
  return { severity: 'error', rule: 'unsupported-type', message, hint, path, spot: { kind: 'value' } }
}

function nothingIn(file: string, text: string): Problem {
  const message = 'there is no pipeline in this file'
  const line = text.replace(/^\uFEFF/, '').split(/\r?\n/, 1)[0] ?? ''
  return { severity: 'error', rule: 'no-pipeline', message, hint: null, file, line: 1, column: 1, text: line }
}

/** A name that stands in the files before: twice in one of them, or in two, of which a call could mean either. */
function takenNames(placed: readonly PlacedPipeline[], areApart: boolean): Problem[] {
  const called = new Set(placed.flatMap((one) => callsElsewhere(one, placed)))
  return placed.flatMap(({ file, document, pipeline: { name } }, i) => {
    const before = placed.slice(0, i).filter(({ pipeline }) => pipeline.name === name)
    const [first] = before
    if (first === undefined) return []
    const isWrong = !areApart || called.has(name) || before.some((other) => other.file === file)
    const hint = first.file === file ? null : `the other one is in ${first.file}`
    const message = `there are two pipelines named '${name}'`
    const at = { path: ['name'], spot: { kind: 'value' } } as const
    return [
      document.locate({ severity: isWrong ? 'error' : 'warning', rule: 'name-taken', message, hint, ...at }),
    ]
  })
}

/** The names by which a pipeline calls others that are not in its own file. */
function callsElsewhere({ file, pipeline }: PlacedPipeline, placed: readonly PlacedPipeline[]): string[] {
  const own = new Set(placed.filter((other) => other.file === file).map((other) => other.pipeline.name))
  return callsOf(pipeline).flatMap(({ target }) => (own.has(target) ? [] : [target]))
}

function taskKey(stage: string, task: string): string {
  return JSON.stringify([stage, task])
}

/** A binding in a condition is read twice: by the condition, and as a reference. */
function unique(problems: readonly Problem[]): Problem[] {
  const keyed = problems.map((problem) => {
    const { file, line, column, message } = problem
    return [JSON.stringify([file, line, column, message]), problem] as const
  })
  return [...new Map(keyed.reverse()).values()].reverse()
}

function byPlace(a: Problem, b: Problem): number {
  return a.file.localeCompare(b.file) || a.line - b.line || a.column - b.column
}
