import type { Outbox, OutboxEntry } from '../outbox.ts'
import type { Database } from './database.ts'
import type { GroupCommit } from './group-commit.ts'

export interface SqliteOutbox extends Outbox {
  /** Within a group. */
  add(entry: OutboxEntry): void
  /** Within a group: its run has ended. */
  makeDue(id: string, at: number): void
}

export function sqliteOutbox(database: Database, group: GroupCommit): SqliteOutbox {
  const sql = {
    due: database.prepare(
      'SELECT id, due_at AS dueAt, value FROM outbox WHERE due_at <= ? ORDER BY due_at, id LIMIT ?',
    ),
    put: database.prepare('INSERT OR REPLACE INTO outbox (id, due_at, value) VALUES (?, ?, ?)'),
    remove: database.prepare('DELETE FROM outbox WHERE id = ?'),
    makeDue: database.prepare('UPDATE outbox SET due_at = ? WHERE id = ?'),
  }
  const add = ({ id, dueAt, value }: OutboxEntry) => void sql.put.run(id, dueAt, value)
  return {
    add,
    makeDue: (id, at) => void sql.makeDue.run(at, id),
    due: async ({ until, limit }) =>
      (sql.due.all(until, limit) as OutboxEntry[]).map((entry) => ({ ...entry })),
    put: (entry) => group.write(() => add(entry)),
    remove: (id) => group.write(() => void sql.remove.run(id)),
  }
}
