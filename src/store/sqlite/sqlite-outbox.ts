import type { Outbox, OutboxEntry } from '../outbox.ts'
import type { Database } from './database.ts'
import type { GroupCommit } from './group-commit.ts'

export interface SqliteOutbox extends Outbox {
  /** Within a group. */
  add(entry: OutboxEntry): void
}

export function sqliteOutbox(database: Database, group: GroupCommit): SqliteOutbox {
  const sql = {
    due: database.prepare(
      'SELECT id, due_at AS dueAt, value FROM outbox WHERE due_at <= ? ORDER BY due_at, id LIMIT ?',
    ),
    put: database.prepare('INSERT OR REPLACE INTO outbox (id, due_at, value) VALUES (?, ?, ?)'),
    remove: database.prepare('DELETE FROM outbox WHERE id = ?'),
    nextAt: database.prepare('SELECT min(due_at) AS at FROM outbox'),
  }
  const add = ({ id, dueAt, value }: OutboxEntry) => void sql.put.run(id, dueAt, value)
  return {
    add,
    due: async ({ until, limit }) =>
      (sql.due.all(until, limit) as OutboxEntry[]).map((entry) => ({ ...entry })),
    put: (entry) => group.write(() => add(entry)),
    remove: (id) => group.write(() => void sql.remove.run(id)),
    nextAt: async () => (sql.nextAt.all()[0] as { at: number | null }).at,
  }
}
