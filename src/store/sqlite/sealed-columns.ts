import type { Database, Statement } from './database.ts'

/** A sealed text as it is kept, and the place under which it was sealed. */
export interface SealedText {
  readonly table: string
  readonly column: string
  readonly id: string
  readonly place: string
  readonly bytes: Uint8Array
}

interface SealedColumn {
  readonly table: string
  readonly column: string
  /** SQL of what tells its rows apart, and of what they are read by. */
  readonly id: string
  readonly order: string
  readonly place: (id: string) => string
}

/** Every column that holds sealed texts, with what its places are called. */
const SEALED: readonly SealedColumn[] = [
  { table: 'runs', column: 'task', id: 'id', order: 'place', place: (id) => `task ${id}` },
  { table: 'runs', column: 'state', id: 'id', order: 'place', place: (id) => `state ${id}` },
  {
    table: 'catalog',
    column: 'value',
    id: "shelf || ' ' || name",
    order: "shelf || ' ' || name",
    place: (id) => id,
  },
  { table: 'outbox', column: 'value', id: 'id', order: 'id', place: (id) => `outbox ${id}` },
]

const BATCH = 500

/** All sealed texts of a database, a batch at a time. */
export function* sealedTexts(database: Database): Generator<SealedText> {
  for (const { table, column, id, order, place } of SEALED) {
    const first = database.prepare(
      `SELECT ${order} AS place, ${id} AS id, ${column} AS bytes FROM ${table} ORDER BY ${order} LIMIT ${BATCH}`,
    )
    const next = database.prepare(
      `SELECT ${order} AS place, ${id} AS id, ${column} AS bytes FROM ${table}
       WHERE ${order} > ? ORDER BY ${order} LIMIT ${BATCH}`,
    )
    type Row = { place: number | string; id: string; bytes: Uint8Array }
    for (let rows = first.all() as Row[]; rows.length > 0; ) {
      for (const row of rows) yield { table, column, id: row.id, place: place(row.id), bytes: row.bytes }
      rows = next.all((rows.at(-1) as Row).place) as Row[]
    }
  }
}

/** Puts another sealed text in the place of one of `sealedTexts`. */
export function replaceSealed(database: Database): (text: SealedText, bytes: Uint8Array) => void {
  const updates = SEALED.map(({ table, column, id }) => ({
    table,
    column,
    update: database.prepare(`UPDATE ${table} SET ${column} = ? WHERE ${id} = ?`),
  }))
  return ({ table, column, id }, bytes) => {
    const { update } = updates.find((one) => one.table === table && one.column === column) as {
      update: Statement
    }
    update.run(bytes, id)
  }
}
