import type { Catalog, CatalogEntry, Shelf } from '../../store/catalog.ts'
import type { CatalogChange } from './catalog-object.ts'
import { CATALOG } from './names.ts'
import { quoted, type RestateClient } from './restate-client.ts'

/** A catalog that is kept in Restate, and is the same for all servers of a cluster. */
export function restateCatalog(client: Pick<RestateClient, 'call' | 'sql'>): Catalog {
  const change = (shelf: Shelf, changed: CatalogChange) =>
    client.call<boolean>(
      { object: CATALOG, key: shelf, handler: 'change' },
      Buffer.from(JSON.stringify(changed)),
    )
  const read = async (shelf: Shelf, name: string | null): Promise<CatalogEntry[]> => {
    const ofName = name === null ? '' : `and key = ${quoted(name)}`
    const rows = await client.sql<{ key: string; value_utf8: string }>(
      `select key, value_utf8 from state where service_name = '${CATALOG}' and service_key = ${quoted(shelf)} ${ofName}
       order by key`,
    )
    return rows.map(({ key, value_utf8 }) => {
      const { value, updatedAt } = JSON.parse(value_utf8) as NonNullable<CatalogChange['entry']>
      return { name: key, value: new Uint8Array(Buffer.from(value, 'base64')), updatedAt }
    })
  }
  return {
    get: async (shelf, name) => (await read(shelf, name))[0] ?? null,
    list: (shelf) => read(shelf, null),
    async put(shelf, entry) {
      await change(shelf, { name: entry.name, entry: kept(entry) })
    },
    replace: (shelf, before, entry) =>
      change(shelf, { name: entry.name, entry: kept(entry), before: before && kept(before).value }),
    remove: (shelf, name) => change(shelf, { name, entry: null }),
  }
}

function kept({ value, updatedAt }: CatalogEntry): NonNullable<CatalogChange['entry']> {
  return { value: Buffer.from(value).toString('base64'), updatedAt }
}
