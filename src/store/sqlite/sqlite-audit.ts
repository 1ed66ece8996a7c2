import type { Audit, AuditRow } from '../audit.ts'
import type { Database } from './database.ts'
import type { GroupCommit } from './group-commit.ts'

export interface SqliteAudit extends Audit {
  /** Within a group: rows that are older, so many at most. How many there were. */
  removeOld(before: number, limit: number): number
}

export function sqliteAudit(database: Database, group: GroupCommit): SqliteAudit {
  const sql = {
    add: database.prepare('INSERT INTO audit (at, who, role, what, which) VALUES (?, ?, ?, ?, ?)'),
    list: database.prepare(
      'SELECT place, at, who, role, what, which FROM audit WHERE place < ? ORDER BY place DESC LIMIT ?',
    ),
    removeOld: database.prepare(
      'DELETE FROM audit WHERE place IN (SELECT place FROM audit WHERE at < ? ORDER BY place LIMIT ?)',
    ),
  }
  return {
    add: ({ at, who, role, what, which }) => group.write(() => void sql.add.run(at, who, role, what, which)),
    async list({ before, limit }) {
      const rows = sql.list.all(before ?? Number.MAX_SAFE_INTEGER, limit)
      return (rows as (AuditRow & { place: number })[]).map((row) => ({ ...row }))
    },
    removeOld: (before, limit) => Number(sql.removeOld.run(before, limit).changes),
  }
}
