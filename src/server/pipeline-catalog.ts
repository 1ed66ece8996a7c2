import type { Sealer } from '../engine/embedded/sealer.ts'
import { callsOf } from '../pipeline/calls.ts'
import { type CheckedFiles, type CheckOptions, checkFiles, type NamedText } from '../pipeline/check.ts'
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
  /** The same, but only where what is there is as wanted, and stays so until it is kept; false where it is not. */
  replace(pipeline: KeptPipeline, isWanted: (there: KeptPipeline | null) => boolean): Promise<boolean>
  remove(name: string): Promise<boolean>
  /** Checks a text together with the kept ones of all pipelines that it may run, those of these included. */
  check(pipeline: Pick<KeptPipeline, 'name' | 'text'>, options?: CheckOptions): Promise<CheckedSources>
}

export interface CheckedSources extends CheckedFiles {
  /** The texts by name, which are the files of the problems. */
  readonly sources: Readonly<Record<string, string>>
}

const SHELF = 'pipeline'

export function pipelineCatalog(catalog: Catalog, sealer: Sealer): PipelineCatalog {
  const opened = ({ name, value, updatedAt }: CatalogEntry): KeptPipeline => ({
    name,
    text: sealer.open(value, `${SHELF} ${name}`),
    updatedAt,
  })
  const sealed = ({ name, text, updatedAt }: KeptPipeline): CatalogEntry => ({
    name,
    value: sealer.seal(text, `${SHELF} ${name}`),
    updatedAt,
  })
  const get = async (name: string) => {
    const entry = await catalog.get(SHELF, name)
    return entry && opened(entry)
  }
  return {
    get,
    list: async () => (await catalog.list(SHELF)).map(opened),
    put: (pipeline) => catalog.put(SHELF, sealed(pipeline)),
    async replace(pipeline, isWanted) {
      const there = await catalog.get(SHELF, pipeline.name)
      return isWanted(there && opened(there)) && catalog.replace(SHELF, there, sealed(pipeline))
    },
    remove: (name) => catalog.remove(SHELF, name),
    async check({ name, text }, options = {}) {
      const sources = new Map([[name, text]])
      const absent = new Set<string>()
      for (;;) {
        const checked = checkSources(Object.fromEntries(sources), options)
        const called = [...checked.pipelines.values()].flatMap(callsOf).map(({ target }) => target)
        const wanted = new Set(called.filter((target) => !sources.has(target) && !absent.has(target)))
        if (wanted.size === 0) return { ...checked, sources: Object.fromEntries(sources) }
        for (const target of wanted) {
          const kept = await get(target)
          if (kept === null) absent.add(target)
          else sources.set(target, kept.text)
        }
      }
    },
  }
}

/** Checks texts together, as if they stood in files of their names. */
export function checkSources(
  sources: Readonly<Record<string, string>>,
  options: CheckOptions = {},
): CheckedFiles {
  const files = Object.entries(sources).map(([file, text]): NamedText => ({ file, text }))
  return checkFiles(files, options)
}
