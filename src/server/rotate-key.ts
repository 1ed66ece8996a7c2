import { existsSync, renameSync, rmSync } from 'node:fs'
import { BideError } from '../core/errors.ts'
import { createSealer } from '../engine/embedded/sealer.ts'
import { requireDatabase } from '../store/sqlite/database-file.ts'
import { resealDatabase } from '../store/sqlite/reseal.ts'
import { type DataFolder, databaseOf, keyFileOf, keyOf } from './data-folder.ts'
import { makeKey, nextKeyFile, readKey, syncFolderOf } from './key-file.ts'
import { openData } from './open-data.ts'

export interface RotateKeyOptions {
  /**
   * A file with the new key, made where there is none, which is to be named from then on. Null: the key file of the
   * folder is replaced.
   */
  readonly newKeyFile: string | null
}

/**
 * Encrypts all that a data folder keeps under another key. No server may have it. It is all under the new key
 * afterwards, or all under the old one: whoever is killed meanwhile finds the right key at the next start.
 *
 * @throws BideError where it cannot be done; then the old key is still the right one.
 */
export async function rotateKey(
  data: DataFolder,
  { newKeyFile }: RotateKeyOptions,
): Promise<{ readonly sealed: number; readonly keyFile: string }> {
  requireDatabase(databaseOf(data))
  const isFromEnvironment = data.keyFile === null && Boolean(data.keyHex)
  if (isFromEnvironment && newKeyFile === null)
    throw new BideError('invalid-usage', 'the key comes from BIDE_KEY, which cannot be changed from here', {
      hint: 'name a file for the new one by --new-key-file, and start with that from then on',
    })
  // Settles what an earlier rotation has left, and says whether the key is the right one.
  await (await openData(data)).store.close()
  const before = createSealer(keyOf(data, { make: false }))
  const keyFile = newKeyFile ?? keyFileOf(data)
  const newFile = newKeyFile ?? nextKeyFile(keyFile)
  const isMade = !existsSync(newFile)
  const after = createSealer(isMade ? makeKey(newFile) : readKey(newFile, { make: false }))
  try {
    const sealed = await resealDatabase(databaseOf(data), ({ bytes, place }) =>
      after.seal(before.open(bytes, place), place),
    )
    if (newFile !== keyFile) {
      renameSync(newFile, keyFile)
      syncFolderOf(keyFile)
    }
    return { sealed, keyFile }
  } catch (error) {
    if (isMade) rmSync(newFile, { force: true })
    throw error
  }
}
