import { existsSync, mkdirSync, statSync } from 'node:fs'
import { BideError } from '../core/errors.ts'
import { createSealer, type Sealer } from '../engine/embedded/sealer.ts'
import { openStore } from '../store/open-store.ts'
import type { Store } from '../store/store.ts'
import { type DataFolder, databaseOf, keyOf } from './data-folder.ts'

/** What a server keeps, opened: nobody else has it open until the store is closed. */
export interface OpenData {
  readonly store: Store
  readonly sealer: Sealer
  /** Bytes on the disk. */
  bytes(): number
}

const MARK = { name: 'key', text: 'bide' } as const

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
    const mark = await store.catalog.get('setting', MARK.name)
    const sealer = createSealer(keyOf(data, { make: mark === null }))
    const place = `setting ${MARK.name}`
    if (mark !== null) sealer.open(mark.value, place)
    else
      await store.catalog.put('setting', {
        name: MARK.name,
        value: sealer.seal(MARK.text, place),
        updatedAt: Date.now(),
      })
    return { store, sealer, bytes: () => bytesOf(file) }
  } catch (error) {
    await store.close()
    throw error
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
