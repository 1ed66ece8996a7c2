import { BideError } from '../../core/errors.ts'
import { openDatabase } from './database.ts'
import { migrate } from './migrate.ts'
import { MIGRATIONS } from './migrations.ts'
import { replaceSealed, type SealedText, sealedTexts } from './sealed-columns.ts'

/**
 * Puts other bytes in the place of every sealed text, all of them or none. How many there were. No server may have
 * the database open.
 *
 * @param reseal Throws where one does not open: then all is as it was.
 */
export async function resealDatabase(
  path: string,
  reseal: (sealed: SealedText) => Uint8Array,
): Promise<number> {
  const database = await openDatabase(path)
  try {
    migrate(database, path, MIGRATIONS)
    // What was there under the old key is not to be left behind in unused pages.
    database.prepare('PRAGMA secure_delete=ON').all()
    database.exec('BEGIN IMMEDIATE')
    const replace = replaceSealed(database)
    let count = 0
    for (const text of sealedTexts(database)) {
      replace(text, reseal(text))
      count++
    }
    database.exec('COMMIT')
    database.prepare('PRAGMA wal_checkpoint(TRUNCATE)').all()
    return count
  } catch (cause) {
    if (cause instanceof BideError) throw cause
    throw new BideError('store', `${path} could not be encrypted anew: ${(cause as Error).message}`, {
      cause,
      hint: 'it is as it was, under the key that it was under',
    })
  } finally {
    // What was not committed is gone with it.
    database.close()
  }
}
