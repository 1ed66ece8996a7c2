import type { RunKind } from '../store.ts'
import type { Database } from './database.ts'

const RUN =
  'place, id, kind, name, status, origin, execution_index, created_at, due_at, ended_at, task, state, tail_data'
const COUNTS = 'last_event, folded'
const PLACE = '(SELECT place FROM runs WHERE id = ?1)'
/** Whether the last attempt gives way: it is there, and is not this one come again. */
const GIVES_WAY = 'tail_data IS NOT NULL AND last_event < ?3'

/** Runs between two places that fit a filter; `by` is what the index finds them by. */
function list(index: string, by: string): string {
  return `SELECT ${RUN} FROM runs ${index} JOIN waits USING (place)
    WHERE ${by} AND place < ?1 AND place >= ?6
      AND (?2 IS NULL OR kind = ?2) AND (?3 IS NULL OR status = ?3) AND (?4 IS NULL OR name = ?4)
      AND (?5 IS NULL OR name LIKE ?5 ESCAPE '!' OR id LIKE ?5 ESCAPE '!' OR origin LIKE ?5 ESCAPE '!')
    ORDER BY place DESC LIMIT ?7`
}

/** Every statement of the store, prepared once. */
export function prepareStatements(database: Database) {
  return {
    /** A state may be no bytes at all, which Node 22 binds as NULL where they have come from another thread. */
    insertRun: database.prepare(
      `INSERT INTO runs (id, kind, name, status, origin, execution_index, created_at, ended_at, task, state)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ifnull(?, x''))`,
    ),
    insertWait: database.prepare(
      'INSERT INTO waits (place, due_at, last_event, folded) VALUES (last_insert_rowid(), ?, ?, ?)',
    ),
    countExecution: database.prepare(
      `INSERT INTO execution_counts (pipeline, last_index) VALUES (?, ?)
       ON CONFLICT DO UPDATE SET last_index = max(last_index, excluded.last_index)`,
    ),
    changeTask: database.prepare('UPDATE runs SET task = ? WHERE id = ?'),
    lastExecutionIndex: database.prepare(
      'SELECT last_index AS lastIndex FROM execution_counts WHERE pipeline = ?',
    ),
    changeRun: database.prepare('UPDATE runs SET status = ?, ended_at = ?, state = ? WHERE id = ?'),
    /** An attempt that folds stands beside its run: one row is written for it, not two. */
    changeTail: database.prepare(
      `UPDATE waits SET due_at = ?2, last_event = max(last_event, ?3), tail_at = ?4, tail_data = ?5,
         tail_folded = tail_folded + (${GIVES_WAY}), folded = folded + (${GIVES_WAY})
       WHERE place = ${PLACE}`,
    ),
    /** Before another event comes, it becomes one like all. */
    settleTail: database.prepare(
      `INSERT OR IGNORE INTO events (run_id, number, kind, at, data, folded)
       SELECT ?1, last_event, 'attempt', tail_at, tail_data, tail_folded FROM waits
       WHERE place = ${PLACE} AND tail_data IS NOT NULL`,
    ),
    changeDue: database.prepare(`UPDATE waits SET due_at = ?2 WHERE place = ${PLACE}`),
    endTail: database.prepare(
      `UPDATE waits SET due_at = ?2, last_event = max(last_event, ?3), tail_at = NULL, tail_data = NULL, tail_folded = 0
       WHERE place = ${PLACE}`,
    ),
    tail: database.prepare(
      `SELECT last_event AS number, 'attempt' AS kind, tail_at AS at, tail_data AS data, tail_folded AS folded
       FROM waits WHERE place = ${PLACE} AND tail_data IS NOT NULL AND last_event > ?2`,
    ),
    insertEvent: database.prepare(
      `INSERT OR IGNORE INTO events (run_id, number, kind, at, data, folded, answer, body_name)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?)`,
    ),
    /** The first body of a name is there for all events that come with it. */
    insertBody: database.prepare('INSERT OR IGNORE INTO bodies (name, run_id, sealed) VALUES (?, ?, ?)'),
    answer: database.prepare(
      `SELECT number, answer, bodies.run_id AS runId, sealed
       FROM events LEFT JOIN bodies ON name = body_name
       WHERE events.run_id = ? AND number <= ? AND answer IS NOT NULL ORDER BY number DESC LIMIT 1`,
    ),
    takeKey: database.prepare(
      'INSERT OR IGNORE INTO submissions (key, digest, answer, at) VALUES (?, ?, ?, ?)',
    ),
    submission: database.prepare('SELECT key, digest, answer, at FROM submissions WHERE key = ?'),
    run: database.prepare(`SELECT ${RUN}, ${COUNTS} FROM runs JOIN waits USING (place) WHERE id = ?`),
    list: {
      place: database.prepare(list('NOT INDEXED', 'TRUE')),
      status: database.prepare(list('INDEXED BY runs_status', 'status = ?3')),
      name: database.prepare(list('INDEXED BY runs_name', 'name = ?4')),
      executions: database.prepare(list('INDEXED BY runs_executions', "kind = 'execution'")),
    },
    lastPlace: database.prepare('SELECT max(place) AS place FROM runs'),
    openExecutions: database.prepare(
      `SELECT id, name AS pipeline, status FROM runs
       WHERE kind = 'execution' AND ended_at IS NULL ORDER BY place`,
    ),
    events: database.prepare(
      'SELECT number, kind, at, data, folded FROM events WHERE run_id = ? AND number > ? ORDER BY number LIMIT ?',
    ),
    eventsOfKind: database.prepare(
      `SELECT number, kind, at, data, folded FROM events
       WHERE run_id = ? AND number > ? AND kind = ? ORDER BY number LIMIT ?`,
    ),
    due: database.prepare(
      `SELECT id, origin, due_at AS dueAt, place FROM waits JOIN runs USING (place)
       WHERE due_at IS NOT NULL AND (due_at, place) > (?, ?) AND due_at <= ? ORDER BY due_at, place LIMIT ?`,
    ),
    ended: database.prepare('SELECT id FROM runs WHERE ended_at < ? ORDER BY ended_at LIMIT ?'),
    countEnded: database.prepare('SELECT count(*) AS count FROM runs WHERE ended_at IS NOT NULL'),
    oldestEnded: database.prepare('SELECT id FROM runs WHERE ended_at IS NOT NULL ORDER BY ended_at LIMIT ?'),
    pages: database.prepare(
      `SELECT page_count - freelist_count AS pages, page_size AS size
       FROM pragma_page_count(), pragma_freelist_count(), pragma_page_size()`,
    ),
    removeWait: database.prepare(`DELETE FROM waits WHERE place = ${PLACE}`),
    removeRun: database.prepare('DELETE FROM runs WHERE id = ?'),
    /** Those that no other run has. */
    removeBodies: database.prepare(
      `DELETE FROM bodies WHERE name IN (SELECT body_name FROM events WHERE run_id = ?1)
         AND NOT EXISTS (SELECT 1 FROM events WHERE body_name = bodies.name AND run_id <> ?1)`,
    ),
    removeEvents: database.prepare('DELETE FROM events WHERE run_id = ?'),
    removeKeys: database.prepare(
      'DELETE FROM submissions WHERE key IN (SELECT key FROM submissions WHERE at < ? ORDER BY at LIMIT ?)',
    ),
    countPaused: database.prepare("SELECT count(*) AS count FROM runs WHERE status = 'PAUSED'"),
    countOpen: database.prepare(
      `SELECT count(*) AS count FROM runs
       WHERE status IN ('RUNNING', 'PAUSED', 'QUEUED', 'PAUSING', 'ROLLING_BACK')`,
    ),
  }
}

export type Statements = ReturnType<typeof prepareStatements>

/** A row of `runs`. */
export interface RunRow {
  readonly place: number
  readonly id: string
  readonly kind: RunKind
  readonly name: string | null
  readonly status: string
  readonly origin: string
  readonly execution_index: number | null
  readonly created_at: number
  readonly due_at: number | null
  readonly ended_at: number | null
  readonly task: Uint8Array
  readonly state: Uint8Array
  readonly tail_data: string | null
}

/** What is read beside a row of `runs` about its events. */
export interface CountsRow {
  readonly last_event: number
  readonly folded: number
}

/** An answer; of its body, where it has one apart. */
export interface AnswerRow {
  readonly number: number
  readonly answer: Uint8Array
  readonly runId: string | null
  readonly sealed: Uint8Array | null
}
