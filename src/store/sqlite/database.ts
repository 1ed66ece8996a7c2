import { BideError } from '../../core/errors.ts'

type Value = string | number | null | Uint8Array

/** The part of SQLite that is used: two packages have it in the same shape. */
export interface Database {
  exec(sql: string): void
  prepare(sql: string): Statement
  close(): void
}

/** Without `get`: libsql's adds a property of its own to the row. */
export interface Statement {
  run(...values: Value[]): { readonly changes: number | bigint }
  all(...values: Value[]): unknown[]
}

const PRAGMAS = ['journal_mode=WAL', 'synchronous=FULL', 'cache_size=-65536', 'wal_autocheckpoint=4000']

/**
 * Opens a database file: by `node:sqlite` where Node has it (22.13 and newer), else by `libsql`. Every commit is on
 * the disk before it returns, and nobody else opens the file by this function until it is closed.
 *
 * @throws BideError that says what is in the way.
 */
export async function openDatabase(path: string): Promise<Database> {
  const open = builtIn() ?? (await libsql())
  const unlock = lock(open, path)
  try {
    const database = open(path)
    for (const pragma of PRAGMAS) database.prepare(`PRAGMA ${pragma}`).all()
    return { exec: (sql) => database.exec(sql), prepare: (sql) => database.prepare(sql), close }
    function close() {
      database.close()
      unlock()
    }
  } catch (cause) {
    unlock()
    throw openError(path, cause)
  }
}

/**
 * Opens a database file beside who has it open already, to look at it: nothing is to be written by this.
 *
 * @throws BideError that says what is in the way.
 */
export async function openForReading(path: string): Promise<Database> {
  const open = builtIn() ?? (await libsql())
  try {
    const database = open(path)
    database.prepare('PRAGMA busy_timeout=5000').all()
    return database
  } catch (cause) {
    throw openError(path, cause)
  }
}

/**
 * Two servers at one file would each send every request. The lock is a transaction that is held on a file beside it,
 * so it goes with the process, however that ends, and others can still read the database itself.
 */
function lock(open: Open, path: string): () => void {
  let holder: Database | null = null
  try {
    holder = open(`${path}.lock`)
    holder.exec('BEGIN EXCLUSIVE')
  } catch (cause) {
    holder?.close()
    throw openError(path, cause)
  }
  return () => {
    holder.exec('ROLLBACK')
    holder.close()
  }
}

type Open = (path: string) => Database

function builtIn(): Open | null {
  const module = withoutWarnings(() => process.getBuiltinModule('node:sqlite')) as
    | { DatabaseSync: new (path: string) => Database }
    | undefined
  return module === undefined ? null : (path) => new module.DatabaseSync(path)
}

/** Node 22 warns of its SQLite when it is first loaded, which is nothing to whoever runs a server, and no line of its log. */
function withoutWarnings<T>(load: () => T): T {
  const { emitWarning } = process
  process.emitWarning = () => {}
  try {
    return load()
  } finally {
    process.emitWarning = emitWarning
  }
}

async function libsql(): Promise<Open> {
  const { default: Libsql } = await import('libsql')
  return (path) => new Libsql(path) as unknown as Database
}

function openError(path: string, cause: unknown): BideError {
  const message = cause instanceof Error ? cause.message : String(cause)
  return /locked|busy/i.test(message)
    ? new BideError('store', `${path} is in use: another server has it open`, {
        cause,
        hint: 'stop that one first, or name another folder by --data',
      })
    : new BideError('store', `${path} cannot be opened: ${message}`, { cause })
}
