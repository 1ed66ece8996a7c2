import { join } from 'node:path'
import { createSealer } from '../engine/embedded/sealer.ts'
import {
  backUpDatabase,
  checkDatabase,
  type DatabaseCheck,
  requireDatabase,
  vacuumDatabase,
} from '../store/sqlite/database-file.ts'
import { parseKey, readKey } from './key-file.ts'

/** Where a server keeps all that it has. */
export interface DataFolder {
  readonly folder: string
  /** Null: `key` in the folder. */
  readonly keyFile: string | null
  /** The key itself, as 64 hex digits; a key file wins over it. */
  readonly keyHex?: string | null
}

export function databaseOf({ folder }: DataFolder): string {
  return join(folder, 'bide.db')
}

export function keyFileOf({ folder, keyFile }: DataFolder): string {
  return keyFile ?? join(folder, 'key')
}

/** @throws BideError where there is none. `make`: the folder's own is made where it is not there. */
export function keyOf(data: DataFolder, { make }: { readonly make: boolean }): Uint8Array {
  const { keyFile, keyHex } = data
  if (keyFile === null && keyHex) return parseKey(keyHex, 'BIDE_KEY')
  return readKey(keyFileOf(data), { make: make && keyFile === null })
}

/** Looks at all that is kept: the database itself, and that each sealed text opens under the key. */
export async function checkData(data: DataFolder): Promise<DatabaseCheck> {
  const path = databaseOf(data)
  requireDatabase(path)
  const sealer = createSealer(keyOf(data, { make: false }))
  return checkDatabase(path, ({ bytes, place }) => sealer.open(bytes, place))
}

/** Copies the database into a new file. The key is not in it. The size in bytes. */
export function backUpData(data: DataFolder, to: string): Promise<number> {
  return backUpDatabase(databaseOf(data), to)
}

/** Gives unused room back to the disk. @throws BideError where a server has the folder. */
export function vacuumData(data: DataFolder): Promise<{ readonly before: number; readonly after: number }> {
  return vacuumDatabase(databaseOf(data))
}
