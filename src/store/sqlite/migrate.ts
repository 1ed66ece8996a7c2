import { existsSync } from 'node:fs'
import { BideError } from '../../core/errors.ts'
import type { Database } from './database.ts'

/** `bide` in ASCII: by it a file of another program is known as such. */
const APPLICATION_ID = 0x62696465

/**
 * Brings a database to the newest version. A file of an older one is first copied beside itself.
 *
 * @throws BideError where the file is newer than this program, or another program's.
 */
export function migrate(database: Database, path: string, migrations: readonly string[]): void {
  const version = refuseUnknown(database, path, migrations.length)
  if (version > 0 && version < migrations.length) backUp(database, backupPath(path, version))
  for (const [index, sql] of migrations.entries()) {
    if (index < version) continue
    database.exec(
      `BEGIN IMMEDIATE; ${sql} PRAGMA application_id=${APPLICATION_ID}; PRAGMA user_version=${index + 1}; COMMIT;`,
    )
  }
}

/**
 * The version of a database that this program knows.
 *
 * @throws BideError where it is newer than this program, or another program's.
 */
export function refuseUnknown(database: Database, path: string, newest: number): number {
  const version = pragma(database, 'user_version')
  refuseForeign(database, path, version)
  if (version <= newest) return version
  throw new BideError(
    'store',
    `${path} was written by a newer bide (its version is ${version}, this one knows ${newest})`,
    { hint: 'run the newer bide, or go back to the copy that it made beside the file' },
  )
}

function refuseForeign(database: Database, path: string, version: number): void {
  const tables = database.prepare('SELECT count(*) AS count FROM sqlite_schema').all()[0] as { count: number }
  const isEmpty = version === 0 && tables.count === 0
  if (!isEmpty && pragma(database, 'application_id') !== APPLICATION_ID)
    throw new BideError('store', `${path} is a database, but not one of bide's`, {
      hint: 'name another folder by --data',
    })
}

function backUp(database: Database, to: string): void {
  database.prepare('VACUUM INTO ?').run(to)
}

/** A copy that is there already stays: it may be the only one from before a migration that went wrong. */
function backupPath(path: string, version: number): string {
  for (let copy = 1; ; copy++) {
    const name = `${path}.version-${version}${copy === 1 ? '' : `-${copy}`}.backup`
    if (!existsSync(name)) return name
  }
}

function pragma(database: Database, name: 'user_version' | 'application_id'): number {
  return (database.prepare(`PRAGMA ${name}`).all()[0] as Record<string, number>)[name] as number
}
