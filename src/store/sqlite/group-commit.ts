import { BideError } from '../../core/errors.ts'
import type { Database } from './database.ts'

export interface GroupCommit {
  /** Carries out some writing in the next group; resolves once that group is on the disk. */
  write<T>(work: () => T): Promise<T>
  /** Commits what waits, at once. */
  flush(): void
}

/** One wait for the disk serves all that came within this time, or this many. */
const GROUP_MS = 4
const GROUP_SIZE = 400

interface Waiting {
  /** Writes, and returns what tells the caller. */
  readonly write: () => () => void
  readonly fail: (error: unknown) => void
}

/** Writes in groups, in the order of asking. Where a group fails, none of it is kept and each of its callers is told. */
export function groupCommit(database: Database): GroupCommit {
  let group: Waiting[] = []
  let timer: NodeJS.Timeout | null = null
  const flush = () => {
    if (timer !== null) clearTimeout(timer)
    timer = null
    const taken = group
    group = []
    if (taken.length > 0) commit(database, taken)
  }
  return {
    flush,
    write: (work) =>
      new Promise((resolve, reject) => {
        const write = () => {
          const result = work()
          return () => resolve(result)
        }
        group.push({ write, fail: reject })
        if (group.length >= GROUP_SIZE) flush()
        else timer ??= setTimeout(flush, GROUP_MS)
      }),
  }
}

function commit(database: Database, group: readonly Waiting[]): void {
  let told: (() => void)[]
  try {
    database.exec('BEGIN IMMEDIATE')
    told = group.map(({ write }) => write())
    database.exec('COMMIT')
  } catch (error) {
    rollBack(database)
    const failure = new BideError('store', `nothing could be written: ${(error as Error).message}`, {
      cause: error,
    })
    for (const { fail } of group) fail(failure)
    return
  }
  for (const tell of told) tell()
}

/** SQLite has rolled back by itself after some errors (a full disk), and then says that there is nothing to. */
function rollBack(database: Database): void {
  try {
    database.exec('ROLLBACK')
  } catch {}
}
