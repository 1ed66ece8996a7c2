import { randomUUID } from 'node:crypto'
import { toJson } from '../../core/json.ts'
import { checkFiles } from '../../pipeline/check.ts'
import { pipelineDocuments } from '../../pipeline/documents.ts'
import { renderProblem } from '../../pipeline/problem.ts'
import { POLL_OPTIONS } from '../options/local.ts'
import { type Arguments, textValue } from '../parse-arguments.ts'
import { plain } from '../render/progress.ts'
import { choosePipeline, pairs, readFiles, readInputs, requireMandatory } from '../run-input.ts'
import { writeOut } from '../standard-output.ts'
import { LocatedProblems, UsageError } from '../usage-error.ts'
import type { Client } from './client.ts'
import { RefusedError } from './server-error.ts'
import { storePipelines } from './stored-pipelines.ts'
import { surely } from './submission.ts'
import { waitForExecution } from './wait-for-execution.ts'

interface Start {
  readonly pipeline: string
  readonly input: Readonly<Record<string, string>>
}

/**
 * Keeps the pipelines of files on the server and starts one of them; without files, one that is kept there. Waits for
 * it where that is asked for. The exit code.
 */
export async function submitPipeline(client: Client, parsed: Arguments): Promise<number> {
  refuseOfPolls(parsed)
  refuseSecretInputs(parsed)
  const tell = (text: string) => {
    if (parsed.values.quiet !== true) process.stderr.write(`${plain(text)}\n`)
  }
  const start = parsed.positionals.length === 0 ? namedStart(parsed) : await storedStart(client, parsed, tell)
  const { executionId, executionIndex } = await begin(client, parsed, start)
  tell(`Started '${start.pipeline}' #${executionIndex}: ${client.address.url}/executions/${executionId}`)
  if (parsed.values.wait) return waitForExecution(client, executionId, parsed)
  const shown = parsed.values.json
    ? toJson((await client.ask('GET', `/executions/${executionId}`)).json)
    : executionId
  writeOut(`${shown}\n`)
  return 0
}

function namedStart(parsed: Arguments): Start {
  return { pipeline: textValue(parsed, 'pipeline') ?? '', input: Object.fromEntries(pairs(parsed, 'input')) }
}

async function storedStart(client: Client, parsed: Arguments, tell: (text: string) => void): Promise<Start> {
  const files = readFiles(parsed.positionals)
  const { pipelines, problems } = checkFiles(files, { variables: await variableNames(client) })
  if (problems.some(({ severity }) => severity === 'error'))
    throw new LocatedProblems(problems.map(renderProblem))
  const pipeline = choosePipeline(pipelines, textValue(parsed, 'pipeline'))
  const input = readInputs(parsed, pipeline, [])
  requireMandatory(pipeline, input)
  for (const problem of problems.filter(({ rule }) => rule !== 'unknown-pipeline'))
    tell(renderProblem(problem))
  for (const { name, what } of await storePipelines(client, pipelineDocuments(files), pipelines))
    tell(`Pipeline '${name}' is kept at ${client.address.url}: ${MEANING[what]}.`)
  return { pipeline: pipeline.name, input }
}

const MEANING = {
  new: 'it is new there',
  replaced: 'the one that was there is replaced',
  unchanged: 'it was there already, just so',
} as const

async function variableNames(client: Client): Promise<string[]> {
  const { json } = await client.ask('GET', '/variables')
  return (json as { variables: readonly { name: string }[] }).variables.map(({ name }) => name)
}

async function begin(client: Client, parsed: Arguments, { pipeline, input }: Start) {
  const headers = { 'idempotency-key': textValue(parsed, 'idempotency-key') ?? randomUUID() }
  const comments = textValue(parsed, 'comments')
  const body = { input, ...(comments !== undefined && { comments }) }
  const path = `/pipelines/${encodeURIComponent(pipeline)}/executions`
  const { json } = await surely(() => client.ask('POST', path, { body, headers })).catch((error) => {
    throw inFlags(error)
  })
  return json as { readonly executionId: string; readonly executionIndex: number }
}

/** What the server finds wrong with an input, at its flag. */
function inFlags(error: unknown): unknown {
  if (!(error instanceof RefusedError) || error.fields.length === 0) return error
  const said = error.fields.map(({ path, message }) => {
    const [first, ...name] = path.split('.')
    return `bide: --${first} ${name.join('.')}: ${message}`
  })
  return new LocatedProblems(said)
}

const OF_PIPELINES = new Set(['json', 'jsonl', 'quiet', 'no-color', 'cacert'])

function refuseOfPolls({ values }: Arguments): void {
  const flag = [...POLL_OPTIONS.map(({ flag }) => flag), 'name'].find(
    (name) => values[name] !== undefined && !OF_PIPELINES.has(name),
  )
  if (flag)
    throw new UsageError(`--${flag} is of a poll, and no URL was given`, 'a pipeline says that in its file')
}

/** The server shows what an execution was given. */
function refuseSecretInputs(parsed: Arguments): void {
  const [name] = pairs(parsed, 'input').find(([, value]) => /^(env|file):./.test(value)) ?? []
  if (name === undefined) return
  throw new UsageError(
    `--input ${name}: the server shows the inputs of an execution, so none may be a secret`,
    `keep it there as a variable: bide variable set ${name} --kind SECRET --value env:NAME; the file has \${var.${name}}`,
  )
}
