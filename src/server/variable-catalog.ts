import type { Sealer } from '../engine/embedded/sealer.ts'
import type { Variable } from '../engine/executions.ts'
import type { Catalog, CatalogEntry } from '../store/catalog.ts'

export interface KeptVariable extends Variable {
  readonly name: string
  readonly description: string
  /** Epoch ms. */
  readonly updatedAt: number
}

/** What pipelines may bind to as `${var.NAME}`, by name. */
export interface VariableCatalog {
  get(name: string): Promise<KeptVariable | null>
  list(): Promise<readonly KeptVariable[]>
  put(variable: KeptVariable): Promise<void>
  remove(name: string): Promise<boolean>
}

const SHELF = 'variable'

export function variableCatalog(catalog: Catalog, sealer: Sealer): VariableCatalog {
  const opened = ({ name, value, updatedAt }: CatalogEntry): KeptVariable => {
    const kept = JSON.parse(sealer.open(value, `${SHELF} ${name}`)) as Omit<
      KeptVariable,
      'name' | 'updatedAt'
    >
    return { ...kept, name, updatedAt }
  }
  return {
    async get(name) {
      const entry = await catalog.get(SHELF, name)
      return entry && opened(entry)
    },
    list: async () => (await catalog.list(SHELF)).map(opened),
    put: ({ name, updatedAt, ...kept }) =>
      catalog.put(SHELF, { name, value: sealer.seal(JSON.stringify(kept), `${SHELF} ${name}`), updatedAt }),
    remove: (name) => catalog.remove(SHELF, name),
  }
}
