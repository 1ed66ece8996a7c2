import type { Database, Statement } from './database.ts'

/** A sealed text as it is kept, and the place under which it was sealed. */
export interface SealedText {
  readonly table: string
  readonly column: string
  /** What tells its row apart. */
  readonly key: readonly (string | number)[]
  /** Whose it is. */
  readonly id: string
  readonly place: string
  readonly bytes: Uint8Array
}

interface SealedColumn {
  readonly table: string
  readonly column: string
  /** The columns that tell rows apart, by which they are read in order. */
  readonly key: readonly string[]
  /** SQL of whose it is. */
  readonly id: string
  readonly place: (id: string) => string
}

/** Every column that holds sealed texts, with what its places are called. */
const SEALED: readonly SealedColumn[] = [
  { table: 'runs', column: 'task', key: ['place'], id: 'id', place: (id) => `task ${id}` },
  { table: 'runs', column: 'state', key: ['place'], id: 'id', place: (id) => `state ${id}` },
  {
    table: 'events',
    column: 'answer',
    key: ['run_id', 'number'],
    id: 'run_id',
    place: (id) => `answer ${id}`,
  },
  {
    table: 'bodies',
    column: 'sealed',
    key: ['name'],
    id: 'run_id',
    place: (id) => `answer body ${id}`,
  },
  {
    table: 'catalog',
    column: 'value',
    key: ['shelf', 'name'],
    id: "shelf || ' ' || name",
    place: (id) => id,
  },
  { table: 'outbox', column: 'value', key: ['id'], id: 'id', place: (id) => `outbox ${id}` },
]

const BATCH = 500

/** All sealed texts of a database, a batch at a time; what is empty is none. */
export function* sealedTexts(database: Database): Generator<SealedText> {
  for (const { table, column, key, id, place } of SEALED) {
    const read = (behind: string) =>
      database.prepare(
        `SELECT ${key.map((name, i) => `${name} AS key${i}`).join()}, ${id} AS id, ${column} AS bytes
         FROM ${table} WHERE length(${column}) > 0 ${behind} ORDER BY ${key.join()} LIMIT ${BATCH}`,
      )
    const [first, next] = [read(''), read(`AND (${key.join()}) > (${key.map(() => '?').join()})`)]
    const keyOf = (row: Row) => key.map((_, i) => row[`key${i}`] as string | number)
    for (let rows = first.all() as Row[]; rows.length > 0; ) {
      for (const row of rows)
        yield { table, column, key: keyOf(row), id: row.id, place: place(row.id), bytes: row.bytes }
      rows = next.all(...keyOf(rows.at(-1) as Row)) as Row[]
    }
  }
}

interface Row {
  readonly [key: `key${number}`]: string | number
  readonly id: string
  readonly bytes: Uint8Array
}

/** Puts another sealed text in the place of one of `sealedTexts`. */
export function replaceSealed(database: Database): (text: SealedText, bytes: Uint8Array) => void {
  const updates = new Map(
    SEALED.map(({ table, column, key }) => [
      `${table}.${column}`,
      database.prepare(
        `UPDATE ${table} SET ${column} = ? WHERE ${key.map((name) => `${name} = ?`).join(' AND ')}`,
      ),
    ]),
  )
  return ({ table, column, key }, bytes) => {
    const update = updates.get(`${table}.${column}`) as Statement
    update.run(bytes, ...key)
  }
}
