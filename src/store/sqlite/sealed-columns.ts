import type { Database } from './database.ts'

/** A sealed text as it is kept, and the place under which it was sealed. */
export interface SealedText {
  readonly table: string
  readonly column: string
  readonly id: string
  readonly place: string
  readonly bytes: Uint8Array
}

/** Every column that holds sealed texts, with what its places are called. */
const SEALED = [
  { table: 'polls', column: 'task', place: (id: string) => `task ${id}` },
  { table: 'polls', column: 'state', place: (id: string) => `state ${id}` },
] as const

const BATCH = 500

/** All sealed texts of a database, a batch at a time. */
export function* sealedTexts(database: Database): Generator<SealedText> {
  for (const { table, column, place } of SEALED) {
    const batch = database.prepare(
      `SELECT place, id, ${column} AS bytes FROM ${table} WHERE place > ? ORDER BY place LIMIT ${BATCH}`,
    )
    for (let after = 0; ; ) {
      const rows = batch.all(after) as { place: number; id: string; bytes: Uint8Array }[]
      for (const { id, bytes } of rows) yield { table, column, id, place: place(id), bytes }
      const last = rows.at(-1)
      if (last === undefined) break
      after = last.place
    }
  }
}
