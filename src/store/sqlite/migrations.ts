/** Each takes the database from one version to the next: the first from nothing to 1. Never changed, only added to. */
export const MIGRATIONS: readonly string[] = [
  `CREATE TABLE runs (
     place INTEGER PRIMARY KEY AUTOINCREMENT,
     id TEXT NOT NULL UNIQUE,
     kind TEXT NOT NULL,
     name TEXT,
     status TEXT NOT NULL,
     origin TEXT NOT NULL,
     execution_index INTEGER,
     created_at REAL NOT NULL,
     due_at REAL,
     ended_at REAL,
     task BLOB NOT NULL,
     state BLOB NOT NULL,
     last_event INTEGER NOT NULL,
     folded INTEGER NOT NULL DEFAULT 0,
     tail_at REAL,
     tail_data TEXT,
     tail_folded INTEGER NOT NULL DEFAULT 0
   ) STRICT;
   CREATE INDEX runs_due ON runs (due_at, id, origin) WHERE due_at IS NOT NULL;
   CREATE INDEX runs_ended ON runs (ended_at) WHERE ended_at IS NOT NULL;
   CREATE INDEX runs_status ON runs (status, place);
   CREATE INDEX runs_name ON runs (name, place) WHERE name IS NOT NULL;
   CREATE INDEX runs_executions ON runs (place) WHERE kind = 'execution';
   CREATE TABLE events (
     run_id TEXT NOT NULL,
     number INTEGER NOT NULL,
     kind TEXT NOT NULL,
     at REAL NOT NULL,
     data TEXT NOT NULL,
     folded INTEGER NOT NULL,
     answer BLOB,
     PRIMARY KEY (run_id, number)
   ) STRICT, WITHOUT ROWID;
   CREATE TABLE submissions (
     key TEXT PRIMARY KEY,
     digest TEXT NOT NULL,
     answer TEXT NOT NULL,
     at REAL NOT NULL
   ) STRICT, WITHOUT ROWID;
   CREATE INDEX submissions_at ON submissions (at);
   CREATE TABLE execution_counts (
     pipeline TEXT PRIMARY KEY,
     last_index INTEGER NOT NULL
   ) STRICT, WITHOUT ROWID;
   CREATE TABLE catalog (
     shelf TEXT NOT NULL,
     name TEXT NOT NULL,
     value BLOB NOT NULL,
     updated_at REAL NOT NULL,
     PRIMARY KEY (shelf, name)
   ) STRICT, WITHOUT ROWID;
   CREATE TABLE audit (
     place INTEGER PRIMARY KEY AUTOINCREMENT,
     at REAL NOT NULL,
     who TEXT NOT NULL,
     role TEXT NOT NULL,
     what TEXT NOT NULL,
     which TEXT
   ) STRICT;
   CREATE INDEX audit_at ON audit (at);
   CREATE TABLE outbox (
     id TEXT PRIMARY KEY,
     due_at REAL NOT NULL,
     value BLOB NOT NULL
   ) STRICT, WITHOUT ROWID;
   CREATE INDEX outbox_due ON outbox (due_at, id);`,
  // What is new at every attempt lies apart from what is not: an attempt writes a row of a few bytes, and one index.
  `CREATE TABLE waits (
     place INTEGER PRIMARY KEY,
     due_at REAL,
     last_event INTEGER NOT NULL,
     folded INTEGER NOT NULL DEFAULT 0,
     tail_at REAL,
     tail_data TEXT,
     tail_folded INTEGER NOT NULL DEFAULT 0
   ) STRICT;
   INSERT INTO waits SELECT place, due_at, last_event, folded, tail_at, tail_data, tail_folded FROM runs;
   CREATE INDEX waits_due ON waits (due_at) WHERE due_at IS NOT NULL;
   DROP INDEX runs_due;
   ALTER TABLE runs DROP COLUMN due_at;
   ALTER TABLE runs DROP COLUMN last_event;
   ALTER TABLE runs DROP COLUMN folded;
   ALTER TABLE runs DROP COLUMN tail_at;
   ALTER TABLE runs DROP COLUMN tail_data;
   ALTER TABLE runs DROP COLUMN tail_folded;`,
  // Last in their row: who looks for a name need not read what is long.
  `ALTER TABLE events ADD COLUMN body_name TEXT;
   ALTER TABLE events ADD COLUMN body BLOB;`,
  // One text that many runs are answered is kept once for all of them, sealed for the first.
  `CREATE TABLE bodies (
     name TEXT PRIMARY KEY,
     run_id TEXT NOT NULL,
     sealed BLOB NOT NULL
   ) STRICT;
   INSERT OR IGNORE INTO bodies SELECT body_name, run_id, body FROM events WHERE body IS NOT NULL;
   ALTER TABLE events DROP COLUMN body;
   CREATE INDEX events_body ON events (body_name) WHERE body_name IS NOT NULL;`,
]
