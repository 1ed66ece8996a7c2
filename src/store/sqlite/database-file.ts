import { existsSync, statSync } from 'node:fs'
import { BideError } from '../../core/errors.ts'
import { type Database, openDatabase, openForReading } from './database.ts'
import { refuseUnknown } from './migrate.ts'
import { MIGRATIONS } from './migrations.ts'
import { type SealedText, sealedTexts } from './sealed-columns.ts'

/** What was found in a database. */
export interface DatabaseCheck {
  /** A sentence each; none where all is in order. */
  readonly problems: readonly string[]
  readonly version: number
  readonly runs: number
  readonly open: number
  readonly events: number
  /** Sealed texts that were looked at. */
  readonly sealed: number
}

/** Of so many problems each is said; a lost key would fill the screen otherwise. */
const MOST_SAID = 10

/**
 * Looks at a whole database, also while a server has it open.
 * @param opens Throws where a sealed text does not open.
 */
export async function checkDatabase(
  path: string,
  opens: (sealed: SealedText) => void,
): Promise<DatabaseCheck> {
  return reading(path, (database) => {
    const problems: string[] = []
    let sealed = 0
    let unopened = 0
    const unread = reason(() => {
      problems.push(...integrityProblems(database))
      for (const text of sealedTexts(database)) {
        sealed++
        const why = reason(() => opens(text))
        if (why !== null && ++unopened <= MOST_SAID) problems.push(`${text.column} of ${text.id}: ${why}`)
      }
    })
    if (unopened > MOST_SAID) problems.push(`${unopened - MOST_SAID} more do not open`)
    if (unread !== null) return { ...NOTHING_COUNTED, problems: [...problems, unread], sealed }
    return { problems, sealed, ...countsOf(database) }
  })
}

const NOTHING_COUNTED = { version: 0, runs: 0, open: 0, events: 0 }

function integrityProblems(database: Database): string[] {
  const found = database.prepare('PRAGMA integrity_check').all() as { integrity_check: string }[]
  return found.map((row) => row.integrity_check).filter((text) => text !== 'ok')
}

/** Copies a database into a new file, as it is at one instant; a server may go on meanwhile. Its size in bytes. */
export async function backUpDatabase(path: string, to: string): Promise<number> {
  if (existsSync(to))
    throw new BideError('invalid-usage', `${to} is there already`, { hint: 'a backup goes into a new file' })
  return reading(path, (database) => {
    try {
      database.prepare('VACUUM INTO ?').run(to)
    } catch (cause) {
      throw new BideError('store', `${to} cannot be written: ${(cause as Error).message}`, { cause })
    }
    return statSync(to).size
  })
}

/** Gives the room of what was removed back to the disk. No server may have it open. The sizes before and after. */
export async function vacuumDatabase(
  path: string,
): Promise<{ readonly before: number; readonly after: number }> {
  requireDatabase(path)
  const before = statSync(path).size
  const database = await openDatabase(path)
  try {
    refuseUnknown(database, path, MIGRATIONS.length)
    database.exec('VACUUM')
    database.prepare('PRAGMA wal_checkpoint(TRUNCATE)').all()
  } finally {
    database.close()
  }
  return { before, after: statSync(path).size }
}

async function reading<T>(path: string, work: (database: Database) => T): Promise<T> {
  requireDatabase(path)
  const database = await openForReading(path)
  try {
    refuseUnknown(database, path, MIGRATIONS.length)
    return work(database)
  } finally {
    database.close()
  }
}

/** @throws BideError where there is no such file: opening it would make one. */
export function requireDatabase(path: string): void {
  if (!existsSync(path))
    throw new BideError('invalid-usage', `there is no ${path}`, {
      hint: 'name the folder of a server by --data, as for bide serve',
    })
}

function countsOf(database: Database) {
  const count = (sql: string) => (database.prepare(sql).all()[0] as { n: number }).n
  return {
    version: (database.prepare('PRAGMA user_version').all()[0] as { user_version: number }).user_version,
    runs: count('SELECT count(*) AS n FROM runs'),
    open: count('SELECT count(*) AS n FROM runs WHERE ended_at IS NULL'),
    events: count('SELECT count(*) AS n FROM events'),
  }
}

function reason(work: () => void): string | null {
  try {
    work()
    return null
  } catch (error) {
    return error instanceof Error ? error.message : String(error)
  }
}
