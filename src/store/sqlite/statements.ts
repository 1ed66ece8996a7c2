import type { Database } from './database.ts'

const POLL = 'place, id, name, status, origin, created_at, due_at, ended_at, task, state'
const COUNTS = 'last_event, folded, tail_data IS NOT NULL AS ends_folding'
/** Whether the last attempt gives way: it is there, and is not this one come again. */
const GIVES_WAY = 'tail_data IS NOT NULL AND last_event < ?5'

/** Every statement of the store, prepared once. */
export function prepareStatements(database: Database) {
  return {
    insertPoll: database.prepare(
      `INSERT INTO polls (id, name, status, origin, created_at, due_at, ended_at, task, state, last_event)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    ),
    changePoll: database.prepare(
      'UPDATE polls SET status = ?, due_at = ?, ended_at = ?, state = ? WHERE id = ?',
    ),
    changeTask: database.prepare('UPDATE polls SET task = ? WHERE id = ?'),
    /** An attempt that folds stands in the row of its poll: one row is written for it, not two. */
    changeTail: database.prepare(
      `UPDATE polls SET status = ?1, due_at = ?2, ended_at = ?3, state = ?4, last_event = max(last_event, ?5),
         tail_at = ?6, tail_data = ?7, tail_folded = tail_folded + (${GIVES_WAY}), folded = folded + (${GIVES_WAY})
       WHERE id = ?8`,
    ),
    /** Before another event comes, it becomes one like all. */
    settleTail: database.prepare(
      `INSERT OR IGNORE INTO events (poll_id, number, kind, at, data, folded)
       SELECT id, last_event, 'attempt', tail_at, tail_data, tail_folded FROM polls
       WHERE id = ? AND tail_data IS NOT NULL`,
    ),
    endTail: database.prepare(
      `UPDATE polls SET last_event = max(last_event, ?), tail_at = NULL, tail_data = NULL, tail_folded = 0
       WHERE id = ?`,
    ),
    tail: database.prepare(
      `SELECT last_event AS number, 'attempt' AS kind, tail_at AS at, tail_data AS data, tail_folded AS folded
       FROM polls WHERE id = ? AND tail_data IS NOT NULL AND last_event > ?`,
    ),
    insertEvent: database.prepare(
      'INSERT OR IGNORE INTO events (poll_id, number, kind, at, data, folded, answer) VALUES (?, ?, ?, ?, ?, ?, ?)',
    ),
    answer: database.prepare(
      `SELECT number, answer FROM events WHERE poll_id = ? AND number <= ? AND answer IS NOT NULL
       ORDER BY number DESC LIMIT 1`,
    ),
    takeKey: database.prepare(
      'INSERT OR IGNORE INTO submissions (key, digest, answer, at) VALUES (?, ?, ?, ?)',
    ),
    submission: database.prepare('SELECT key, digest, answer, at FROM submissions WHERE key = ?'),
    poll: database.prepare(`SELECT ${POLL}, ${COUNTS} FROM polls WHERE id = ?`),
    list: database.prepare(`SELECT ${POLL} FROM polls WHERE place < ? ORDER BY place DESC LIMIT ?`),
    listOfStatus: database.prepare(
      `SELECT ${POLL} FROM polls WHERE status = ? AND place < ? ORDER BY place DESC LIMIT ?`,
    ),
    events: database.prepare(
      'SELECT number, kind, at, data, folded FROM events WHERE poll_id = ? AND number > ? ORDER BY number LIMIT ?',
    ),
    eventsOfKind: database.prepare(
      `SELECT number, kind, at, data, folded FROM events
       WHERE poll_id = ? AND number > ? AND kind = ? ORDER BY number LIMIT ?`,
    ),
    due: database.prepare(
      `SELECT id, origin, due_at AS dueAt FROM polls
       WHERE due_at IS NOT NULL AND (due_at, id) > (?, ?) AND due_at <= ? ORDER BY due_at, id LIMIT ?`,
    ),
    ended: database.prepare('SELECT id FROM polls WHERE ended_at < ? ORDER BY ended_at LIMIT ?'),
    countEnded: database.prepare('SELECT count(*) AS count FROM polls WHERE ended_at IS NOT NULL'),
    oldestEnded: database.prepare(
      'SELECT id FROM polls WHERE ended_at IS NOT NULL ORDER BY ended_at LIMIT ?',
    ),
    pages: database.prepare(
      `SELECT page_count - freelist_count AS pages, page_size AS size
       FROM pragma_page_count(), pragma_freelist_count(), pragma_page_size()`,
    ),
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

/** What is read beside a row of `polls` about its events. */
export interface CountsRow {
  readonly last_event: number
  readonly folded: number
  readonly ends_folding: number
}
