import { sqliteStore } from './sqlite/sqlite-store.ts'
import type { Store } from './store.ts'
import { threadedStore } from './thread/threaded-store.ts'

/** Filled in when the package is built: the file of the store's thread. */
declare const BIDE_STORE_THREAD: string | undefined

/**
 * A store in one SQLite file, on a thread of its own; run from its sources, which a thread of Node 20 cannot read, on
 * this one.
 *
 * @throws BideError where the file is in use, newer than this program, or no database of bide's.
 */
export function openStore(path: string): Promise<Store> {
  return typeof BIDE_STORE_THREAD === 'string'
    ? threadedStore(path, new URL(BIDE_STORE_THREAD, import.meta.url))
    : sqliteStore(path)
}
