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
    add: database.prepare(
      'INSERT OR IGNORE INTO catalog (shelf, name, value, updated_at) VALUES (?, ?, ?, ?)',
    ),
    replace: database.prepare(
      'UPDATE catalog SET value = ?, updated_at = ? WHERE shelf = ? AND name = ? AND value = ?',
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
    replace: (shelf, before, { name, value, updatedAt }) =>
      group.write(() => {
        const { changes } =
          before === null
            ? sql.add.run(shelf, name, value, updatedAt)
            : sql.replace.run(value, updatedAt, shelf, name, Buffer.from(before.value))
        return Number(changes) > 0
      }),
    remove: (shelf, name) => group.write(() => Number(sql.remove.run(shelf, name).changes) > 0),
  }
}
