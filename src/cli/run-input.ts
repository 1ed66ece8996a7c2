import { didYouMean } from '../core/did-you-mean.ts'
import { createRedactor } from '../core/redact.ts'
import { callsOf } from '../pipeline/calls.ts'
import { checkFiles, type NamedText } from '../pipeline/check.ts'
import type { Pipeline } from '../pipeline/definition.ts'
import { type Problem, renderProblem } from '../pipeline/problem.ts'
import { readSource } from '../pipeline/source-file.ts'
import { resolveValue } from './headers.ts'
import { type Arguments, listValue, textValue } from './parse-arguments.ts'
import { readNamedFile } from './read-file.ts'
import { LocatedProblems, UnknownNameError, UsageError } from './usage-error.ts'

/** A value that is to be masked, under the name that it was given by. */
export interface NamedSecret {
  readonly name: string
  readonly value: string
}

/** All that a run stands on, read from files and flags and found to be in order. */
export interface RunInput {
  readonly files: readonly NamedText[]
  readonly pipelines: ReadonlyMap<string, Pipeline>
  readonly pipeline: Pipeline
  /** As given; defaults are the pipeline's. */
  readonly input: Readonly<Record<string, string>>
  readonly variables: Readonly<Record<string, string>>
  readonly secrets: readonly NamedSecret[]
  readonly warnings: readonly Problem[]
}

/**
 * Reads files, `--pipeline`, `--input`, `--var` and `--var-file`.
 * @throws LocatedProblems with every error of the files; UsageError where flags and pipeline do not fit.
 */
export function readRunInput(
  parsed: Arguments,
  { paths, isResumed = false }: { paths: readonly string[]; isResumed?: boolean },
): RunInput {
  if (paths.length === 0) throw new UsageError('no pipeline file was given', 'as in: bide run pipeline.yaml')
  const files = readFiles(paths)
  const { variables, secrets } = readVariables(parsed)
  const { pipelines, problems } = checkFiles(files, { variables: Object.keys(variables) })
  if (problems.some(({ severity }) => severity === 'error')) {
    const redactor = createRedactor(secrets.map(({ value }) => value))
    throw new LocatedProblems(problems.map((problem) => redactor.text(renderProblem(problem))))
  }
  const pipeline = choosePipeline(pipelines, textValue(parsed, 'pipeline'))
  requireCalled(pipeline, pipelines)
  const input = readInputs(parsed, pipeline, secrets)
  if (!isResumed) requireMandatory(pipeline, input)
  const warnings = problems.filter(({ rule }) => rule !== 'unknown-pipeline')
  return { files, pipelines, pipeline, input, variables, secrets, warnings }
}

export function readFiles(paths: readonly string[]): NamedText[] {
  return paths.map((path) => ({ file: path === '-' ? 'stdin' : path, text: readNamedFile('FILE', path) }))
}

/** Variables by name, and which of them are secret. */
export function readVariables(parsed: Arguments): {
  variables: Record<string, string>
  secrets: NamedSecret[]
} {
  const variables: Record<string, string> = {}
  const secrets: NamedSecret[] = []
  for (const path of listValue(parsed, 'var-file')) {
    for (const { name, value, isSecret } of variablesIn(path)) {
      variables[name] = keepSecrets(`var ${name}`, { text: value, where: `${path}: ${name}`, secrets })
      if (isSecret) secrets.push({ name: `var ${name}`, value: variables[name] })
    }
  }
  for (const [name, text] of pairs(parsed, 'var')) {
    variables[name] = keepSecrets(`var ${name}`, { text, where: `--var ${name}`, secrets })
  }
  return { variables, secrets }
}

function keepSecrets(
  name: string,
  { text, where, secrets }: { text: string; where: string; secrets: NamedSecret[] },
): string {
  const found: string[] = []
  const value = resolveValue(text, where, found)
  secrets.push(...found.map((secret) => ({ name, value: secret })))
  return value
}

interface FileVariable {
  readonly name: string
  readonly value: string
  readonly isSecret: boolean
}

/** A map of names to values, or the original's documents of `kind: VARIABLE`. */
function variablesIn(path: string): FileVariable[] {
  const { documents, problems } = readSource(path, readNamedFile('--var-file', path))
  if (problems.length > 0) throw new LocatedProblems(problems.map(renderProblem))
  return documents.flatMap(({ data }): FileVariable[] => {
    if (data === null || typeof data !== 'object' || Array.isArray(data)) {
      throw new UsageError(`--var-file: ${path} is no map of names to values`)
    }
    const fields = data as Record<string, unknown>
    if (fields.kind !== 'VARIABLE') {
      return Object.entries(fields).map(([name, value]) => ({
        name,
        value: textOf(path, name, value),
        isSecret: false,
      }))
    }
    const isSecret = /^(?:secret|restricted)$/i.test(String(fields.type))
    return [{ name: String(fields.name), value: textOf(path, String(fields.name), fields.value), isSecret }]
  })
}

function textOf(path: string, name: string, value: unknown): string {
  if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean')
    return String(value)
  throw new UsageError(`--var-file: ${path}: ${name} is neither a text nor a number`)
}

/** The one that was named; else the only one that no other runs. */
export function choosePipeline(pipelines: ReadonlyMap<string, Pipeline>, name: string | undefined): Pipeline {
  const known = [...pipelines.keys()]
  const chosen = name === undefined ? undefined : pipelines.get(name)
  if (name !== undefined && chosen === undefined) {
    throw new UnknownNameError(`--pipeline: there is no pipeline '${name}'`, {
      typed: name,
      known,
      hint: `there are: ${known.join(', ')}`,
    })
  }
  const called = new Set(
    [...pipelines.values()].flatMap((pipeline) => callsOf(pipeline).map(({ target }) => target)),
  )
  const roots = [...pipelines.values()].filter((pipeline) => !called.has(pipeline.name))
  const pipeline = chosen ?? roots[0]
  if (pipeline === undefined) throw new UsageError('the file holds no pipeline')
  if (chosen === undefined && roots.length > 1) {
    throw new UsageError('the file holds several pipelines', `choose one by --pipeline: ${known.join(', ')}`)
  }
  if (!pipeline.enabled)
    throw new UsageError(`pipeline '${pipeline.name}' is disabled`, 'enabled: true lets it run')
  return pipeline
}

function requireCalled(pipeline: Pipeline, all: ReadonlyMap<string, Pipeline>): void {
  const seen = new Set<string>()
  const visit = (from: Pipeline) => {
    seen.add(from.name)
    for (const { target } of callsOf(from)) {
      const next = all.get(target)
      if (next === undefined) {
        throw new UsageError(
          `pipeline '${from.name}' runs '${target}', which is in none of these files`,
          'give its file as well',
        )
      }
      if (!seen.has(target)) visit(next)
    }
  }
  visit(pipeline)
}

/** What `--input` gives to a pipeline's inputs. @throws UsageError where it has none of that name. */
export function readInputs(
  parsed: Arguments,
  pipeline: Pipeline,
  secrets: NamedSecret[],
): Record<string, string> {
  const known = Object.keys(pipeline.input)
  const input: Record<string, string> = {}
  for (const [name, text] of pairs(parsed, 'input')) {
    if (!known.includes(name)) {
      const near =
        didYouMean(name, known) ?? (known.length === 0 ? 'it has none' : `it has: ${known.join(', ')}`)
      throw new UsageError(`--input: pipeline '${pipeline.name}' has no input '${name}'`, near)
    }
    input[name] = keepSecrets(`input ${name}`, { text, where: `--input ${name}`, secrets })
  }
  return input
}

/** @throws UsageError where an input has to be given, and is not. */
export function requireMandatory(pipeline: Pipeline, input: Readonly<Record<string, string>>): void {
  const missing = pipeline.mandatoryInputs.find((name) => (input[name] ?? pipeline.input[name]) === '')
  if (missing === undefined) return
  throw new UsageError(`input '${missing}' is mandatory and has no value`, `as in: --input ${missing}=...`)
}

/** The values of a flag that is given as NAME=VALUE. */
export function pairs(parsed: Arguments, flag: string): [string, string][] {
  return listValue(parsed, flag).map((text) => {
    const at = text.indexOf('=')
    if (at < 1) throw new UsageError(`--${flag}: '${text.slice(0, 20)}' is not NAME=VALUE`)
    return [text.slice(0, at), text.slice(at + 1)]
  })
}
