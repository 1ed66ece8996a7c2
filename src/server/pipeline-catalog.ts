import type { Sealer } from '../engine/embedded/sealer.ts'
import { callsOf } from '../pipeline/calls.ts'
import { type CheckedFiles, checkFiles, type NamedText } from '../pipeline/check.ts'
import type { Catalog, CatalogEntry } from '../store/catalog.ts'

/** The definition of a pipeline as it was given, of YAML or JSON. */
export interface KeptPipeline {
  readonly name: string
  readonly text: string
  /** Epoch ms. */
  readonly updatedAt: number
}

/** The pipelines of a server, by name. */
export interface PipelineCatalog {
  get(name: string): Promise<KeptPipeline | null>
  list(): Promise<readonly KeptPipeline[]>
  put(pipeline: KeptPipeline): Promise<void>
  remove(name: string): Promise<boolean>
  /** A text and the kept ones of all pipelines that it may run, those of these included, by name. */
  withCalled(pipeline: Pick<KeptPipeline, 'name' | 'text'>): Promise<Readonly<Record<string, string>>>
}

const SHELF = 'pipeline'

export function pipelineCatalog(catalog: Catalog, sealer: Sealer): PipelineCatalog {
  const opened = ({ name, value, updatedAt }: CatalogEntry): KeptPipeline => ({
    name,
    text: sealer.open(value, `${SHELF} ${name}`),
    updatedAt,
  })
  const get = async (name: string) => {
    const entry = await catalog.get(SHELF, name)
    return entry && opened(entry)
  }
  return {
    get,
    list: async () => (await catalog.list(SHELF)).map(opened),
    put: ({ name, text, updatedAt }) =>
      catalog.put(SHELF, { name, value: sealer.seal(text, `${SHELF} ${name}`), updatedAt }),
    remove: (name) => catalog.remove(SHELF, name),
    async withCalled({ name, text }) {
      const sources = new Map([[name, text]])
      for (const [file, source] of sources) {
        for (const pipeline of checkFiles([{ file, text: source }]).pipelines.values()) {
          for (const { target } of callsOf(pipeline)) {
            const called = sources.has(target) ? null : await get(target)
            if (called !== null) sources.set(target, called.text)
          }
        }
      }
      return Object.fromEntries(sources)
    },
  }
}

/** Checks texts together, as if they stood in files of their names; `variables` where they are known. */
export function checkSources(
  sources: Readonly<Record<string, string>>,
  variables: readonly string[] | null,
): CheckedFiles {
  const files = Object.entries(sources).map(([file, text]): NamedText => ({ file, text }))
  return checkFiles(files, variables === null ? {} : { variables })
}
