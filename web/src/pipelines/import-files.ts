import { savePipeline } from '../api/pipelines.ts'
import { type LineProblem, ProblemError, sayError } from '../api/request.ts'

/** What became of one file that was dropped. */
export interface Imported {
  readonly file: string
  /** Pipelines that are kept now. */
  readonly names: readonly string[]
  /** Errors, and warnings about what is kept. */
  readonly problems: readonly LineProblem[]
  /** Why the rest of it is not kept, where that is no line's fault. */
  readonly failure: string | null
}

/** Larger ones are no pipelines. */
const MOST_BYTES = 4 * 1024 * 1024

/**
 * Keeps all pipelines of some files, those that others call first. A file with an error is left out as a whole; the
 * others are kept.
 */
export async function importFiles(files: readonly File[], elsewhere: readonly string[]): Promise<Imported[]> {
  const { checkFiles, calledFirst, pipelineDocuments } = await import('./reading.ts')
  const read = await Promise.all(
    files
      .filter(({ size }) => size <= MOST_BYTES)
      .map(async (file) => ({ file: file.name, text: await file.text() })),
  )
  const tooLarge = files
    .filter(({ size }) => size > MOST_BYTES)
    .map(({ name }) => refused(name, 'It is larger than 4 MiB.'))
  const checked = checkFiles(read, { elsewhere })
  const outcomes = new Map(
    read.map(({ file }) => [
      file,
      { names: [] as string[], problems: [] as LineProblem[], failure: null as string | null },
    ]),
  )
  for (const problem of checked.problems) outcomes.get(problem.file)?.problems.push(problem)
  const isWrong = (file: string) =>
    outcomes.get(file)?.problems.some(({ severity }) => severity === 'error') ?? true
  const documents = new Map(
    pipelineDocuments(read.filter(({ file }) => !isWrong(file))).map((document) => [document.name, document]),
  )
  for (const name of calledFirst(checked.pipelines)) {
    const document = documents.get(name)
    const outcome = document && outcomes.get(document.file)
    if (document === undefined || outcome === undefined || outcome.failure !== null) continue
    try {
      await savePipeline(name, document.text, 'whatever')
      outcome.names.push(name)
    } catch (error) {
      const lines = error instanceof ProblemError ? error.lines : []
      outcome.problems.push(...lines.map((problem) => ({ ...problem, line: problem.line + document.line })))
      outcome.failure = `${name}: ${sayError(error)}`
    }
  }
  return [...[...outcomes].map(([file, outcome]) => ({ file, ...outcome })), ...tooLarge]
}

function refused(file: string, failure: string): Imported {
  return { file, names: [], problems: [], failure }
}
