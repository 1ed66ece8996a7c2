import type { Database } from './database.ts'

const POLL = 'place, id, name, status, origin, created_at, due_at, ended_at, task, state'

/** Every statement of the store, prepared once. */
export function prepareStatements(database: Database) {
  return {
    insertPoll: database.prepare(
      `INSERT INTO polls (id, name, status, origin, created_at, due_at, ended_at, task, state)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    ),
    changePoll: database.prepare(
      'UPDATE polls SET status = ?, due_at = ?, ended_at = ?, state = ? WHERE id = ?',
    ),
    insertEvent: database.prepare(
      'INSERT OR IGNORE INTO events (poll_id, number, kind, at, data) VALUES (?, ?, ?, ?, ?)',
    ),
    takeKey: database.prepare(
      'INSERT OR IGNORE INTO submissions (key, digest, answer, at) VALUES (?, ?, ?, ?)',
    ),
    submission: database.prepare('SELECT key, digest, answer, at FROM submissions WHERE key = ?'),
    poll: database.prepare(`SELECT ${POLL} FROM polls WHERE id = ?`),
    list: database.prepare(`SELECT ${POLL} FROM polls WHERE place < ? ORDER BY place DESC LIMIT ?`),
    listOfStatus: database.prepare(
      `SELECT ${POLL} FROM polls WHERE status = ? AND place < ? ORDER BY place DESC LIMIT ?`,
    ),
    events: database.prepare(
      'SELECT number, kind, at, data FROM events WHERE poll_id = ? AND number > ? ORDER BY number LIMIT ?',
    ),
    eventsOfKind: database.prepare(
      `SELECT number, kind, at, data FROM events
       WHERE poll_id = ? AND number > ? AND kind = ? ORDER BY number LIMIT ?`,
    ),
    lastEvent: database.prepare('SELECT max(number) AS number FROM events WHERE poll_id = ?'),
    due: database.prepare(
      `SELECT id, origin, due_at AS dueAt FROM polls
       WHERE due_at IS NOT NULL AND (due_at, id) > (?, ?) AND due_at <= ? ORDER BY due_at, id LIMIT ?`,
    ),
    ended: database.prepare('SELECT id FROM polls WHERE ended_at < ? ORDER BY ended_at LIMIT ?'),
    removePoll: database.prepare('DELETE FROM polls WHERE id = ?'),
    removeEvents: database.prepare('DELETE FROM events WHERE poll_id = ?'),
    removeKeys: database.prepare(
      'DELETE FROM submissions WHERE key IN (SELECT key FROM submissions WHERE at < ? ORDER BY at LIMIT ?)',
    ),
    countOpen: database.prepare("SELECT count(*) AS count FROM polls WHERE status IN ('RUNNING', 'PAUSED')"),
  }
}

export type Statements = ReturnType<typeof prepareStatements>

/** A row of `polls`. */
export interface PollRow {
  readonly place: number
  readonly id: string
  readonly name: string | null
  readonly status: string
  readonly origin: string
  readonly created_at: number
  readonly due_at: number | null
  readonly ended_at: number | null
  readonly task: Uint8Array
  readonly state: Uint8Array
}
