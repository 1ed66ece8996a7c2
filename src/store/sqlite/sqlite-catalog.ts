import type { Catalog, CatalogEntry } from '../catalog.ts'
import type { Database } from './database.ts'
import type { GroupCommit } from './group-commit.ts'

const ENTRY = 'name, value, updated_at AS updatedAt'

export function sqliteCatalog(database: Database, group: GroupCommit): Catalog {
  const sql = {
    get: database.prepare(`SELECT ${ENTRY} FROM catalog WHERE shelf = ? AND name = ?`),
    list: database.prepare(`SELECT ${ENTRY} FROM catalog WHERE shelf = ? ORDER BY name`),
    put: database.prepare(
      'INSERT OR REPLACE INTO catalog (shelf, name, value, updated_at) VALUES (?, ?, ?, ?)',
    ),
    remove: database.prepare('DELETE FROM catalog WHERE shelf = ? AND name = ?'),
  }
  return {
    async get(shelf, name) {
      const [row] = sql.get.all(shelf, name) as CatalogEntry[]
      return row === undefined ? null : { ...row }
    },
    list: async (shelf) => (sql.list.all(shelf) as CatalogEntry[]).map((row) => ({ ...row })),
    put: (shelf, { name, value, updatedAt }) =>
      group.write(() => void sql.put.run(shelf, name, value, updatedAt)),
    remove: (shelf, name) => group.write(() => Number(sql.remove.run(shelf, name).changes) > 0),
  }
}
