import { calledFirst } from '../../pipeline/called-first.ts'
import type { Pipeline } from '../../pipeline/definition.ts'
import type { PipelineDocument } from '../../pipeline/documents.ts'
import { type Problem, renderProblem } from '../../pipeline/problem.ts'
import { LocatedProblems } from '../usage-error.ts'
import type { Client } from './client.ts'
import { type PlaceProblem, RefusedError } from './server-error.ts'

/** What a server did with a pipeline that was given to it. */
export interface Stored {
  readonly name: string
  readonly what: 'new' | 'replaced' | 'unchanged'
}

/**
 * Keeps pipelines on a server, those that are run by others first. One that is there as it is is left alone, so that
 * who may only start pipelines can give the file as well. @throws LocatedProblems at the lines of the files.
 */
export async function storePipelines(
  client: Client,
  documents: readonly PipelineDocument[],
  pipelines: ReadonlyMap<string, Pipeline>,
): Promise<Stored[]> {
  const stored: Stored[] = []
  for (const name of calledFirst(pipelines)) {
    const document = documents.find((one) => one.name === name)
    if (document !== undefined) stored.push({ name, what: await store(client, document) })
  }
  return stored
}

async function store(client: Client, document: PipelineDocument): Promise<Stored['what']> {
  const path = `/pipelines/${encodeURIComponent(document.name)}`
  if ((await storedText(client, path)) === document.text) return 'unchanged'
  const type = /^\s*\{/.test(document.text) ? 'application/json' : 'application/yaml'
  try {
    const { code } = await client.ask('PUT', path, { text: { type, text: document.text } })
    return code === 201 ? 'new' : 'replaced'
  } catch (error) {
    if (!(error instanceof RefusedError) || error.places.length === 0) throw error
    throw new LocatedProblems(error.places.map((place) => renderProblem(inFile(place, document))))
  }
}

async function storedText(client: Client, path: string): Promise<string | null> {
  try {
    return ((await client.ask('GET', path)).json as { readonly text: string }).text
  } catch (error) {
    if (error instanceof RefusedError && error.isOfBide && error.status === 404) return null
    throw error
  }
}

/** The server has seen one document: its lines are counted on from where that stands in the file. */
function inFile({ line, ...problem }: PlaceProblem, document: PipelineDocument): Problem {
  const text = document.text.split('\n')[line - 1] ?? ''
  return { ...problem, rule: 'server', file: document.file, line: line + document.line, text }
}
