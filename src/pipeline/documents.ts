import type { NamedText } from './check.ts'
import { readSource } from './source-file.ts'

/** The text of one pipeline, as it stands in a file that may hold several. */
export interface PipelineDocument extends NamedText {
  readonly name: string
  /** Lines of the file before it. */
  readonly line: number
}

/** `---` at the beginning of a line divides documents, wherever it stands: not even a text may hold it there. */
const MARKER = /^---(?=\s|$)/m

/** The documents of files that are found to be in order, apart. */
export function pipelineDocuments(files: readonly NamedText[]): PipelineDocument[] {
  return files.flatMap(({ file, text }) => {
    let line = 0
    return text.split(MARKER).flatMap((part): PipelineDocument[] => {
      const [data] = readSource(file, part).documents.map((document) => document.data)
      const rest = part.replace(/^[ \t]*\r?\n/, '')
      const found = { file, text: `${rest.trimEnd()}\n`, line: line + (rest === part ? 0 : 1) }
      line += part.split('\n').length - 1
      return isNamed(data) ? [{ ...found, name: data.name }] : []
    })
  })
}

function isNamed(data: unknown): data is { readonly name: string } {
  return data !== null && typeof data === 'object' && 'name' in data && typeof data.name === 'string'
}
