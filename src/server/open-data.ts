import { randomBytes } from 'node:crypto'
import { existsSync, mkdirSync, renameSync, rmSync, statSync } from 'node:fs'
import { BideError } from '../core/errors.ts'
import { createSealer, type Sealer } from '../engine/embedded/sealer.ts'
import { openStore } from '../store/open-store.ts'
import type { Store } from '../store/store.ts'
import { type DataFolder, databaseOf, keyFileOf, keyOf } from './data-folder.ts'
import { nextKeyFile, readKey, syncFolderOf } from './key-file.ts'

/** What a server keeps, opened: nobody else has it open until the store is closed. */
export interface OpenData {
  readonly store: Store
  readonly sealer: Sealer
  /** Bytes on the disk. */
  bytes(): number
}

/** Kept sealed, and so encrypted anew when the key changes: what was digested before is known afterwards. */
const DIGEST_KEY = 'digest-key'
const DIGEST_KEY_BYTES = 32

/**
 * Opens a data folder, and makes it where there is none; its key too, where nothing was kept with another.
 *
 * @throws BideError where it is in use, or was written with another key.
 */
export async function openData(data: DataFolder): Promise<OpenData> {
  makeFolder(data.folder)
  const file = databaseOf(data)
  const store = await openStore(file)
  try {
    const known = await store.catalog.get('setting', DIGEST_KEY)
    const key = known === null ? keyOf(data, { make: true }) : rightKey(data, known.value)
    const digestKey = known === null ? await makeDigestKey(store, key) : openDigestKey(key, known.value)
    return { store, sealer: createSealer(key, digestKey), bytes: () => bytesOf(file) }
  } catch (error) {
    await store.close()
    throw error
  }
}

async function makeDigestKey({ catalog }: Store, key: Uint8Array): Promise<Uint8Array> {
  const digestKey = randomBytes(DIGEST_KEY_BYTES)
  const value = createSealer(key).seal(digestKey.toString('hex'), PLACE)
  await catalog.put('setting', { name: DIGEST_KEY, value, updatedAt: Date.now() })
  return digestKey
}

function openDigestKey(key: Uint8Array, sealed: Uint8Array): Uint8Array {
  return Buffer.from(createSealer(key).open(sealed, PLACE), 'hex')
}

const PLACE = `setting ${DIGEST_KEY}`

/** The key, or the one that was to replace it where that was broken off behind its last step but one. */
function rightKey(data: DataFolder, sealed: Uint8Array): Uint8Array {
  const key = keyOf(data, { make: false })
  const [file, next] = [keyFileOf(data), nextKeyFile(keyFileOf(data))]
  if ((data.keyFile === null && data.keyHex) || !existsSync(next)) return key
  if (isRight(key, sealed)) {
    rmSync(next)
    return key
  }
  const nextKey = readKey(next, { make: false })
  openDigestKey(nextKey, sealed)
  renameSync(next, file)
  syncFolderOf(file)
  return nextKey
}

function isRight(key: Uint8Array, sealed: Uint8Array): boolean {
  try {
    openDigestKey(key, sealed)
    return true
  } catch {
    return false
  }
}

/** The database and what is to be merged into it. */
function bytesOf(file: string): number {
  const sizes = [file, `${file}-wal`].map((path) => statSync(path, { throwIfNoEntry: false })?.size ?? 0)
  return sizes.reduce((sum, size) => sum + size)
}

function makeFolder(path: string): void {
  try {
    if (!existsSync(path)) mkdirSync(path, { recursive: true, mode: 0o700 })
  } catch (cause) {
    throw new BideError('store', `the data folder ${path} cannot be made: ${(cause as Error).message}`, {
      cause,
    })
  }
}
