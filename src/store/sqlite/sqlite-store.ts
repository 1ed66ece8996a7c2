import { NOT_DUE } from '../outbox.ts'
import type {
  DueRun,
  Idempotency,
  KeptRun,
  ListQuery,
  NewEvent,
  OpenExecution,
  RunChange,
  RunList,
  RunRepeat,
  RunStatus,
  Store,
  StoredEvent,
  Submission,
  Submitted,
} from '../store.ts'
import { openDatabase, openForReading } from './database.ts'
import { groupCommit } from './group-commit.ts'
import { migrate } from './migrate.ts'
import { MIGRATIONS } from './migrations.ts'
import { sqliteAudit } from './sqlite-audit.ts'
import { sqliteCatalog } from './sqlite-catalog.ts'
import { sqliteOutbox } from './sqlite-outbox.ts'
import {
  type AnswerRow,
  type CountsRow,
  prepareStatements,
  type RunRow,
  type Statements,
} from './statements.ts'

/**
 * A store in one SQLite file, which is made where there is none.
 *
 * @throws BideError where the file is in use, newer than this program, or no database of bide's.
 */
export async function sqliteStore(path: string): Promise<Store> {
  const database = await openDatabase(path)
  try {
    migrate(database, path, MIGRATIONS)
  } catch (error) {
    database.close()
    throw error
  }
  const sql = prepareStatements(database)
  const group = groupCommit(database)
  const { removeOld, ...audit } = sqliteAudit(database, group)
  const { add, makeDue, ...outbox } = sqliteOutbox(database, group)
  return {
    ...readsOf(sql),
    catalog: sqliteCatalog(database, group),
    audit,
    outbox,
    submit: (submission) =>
      group.write(() => {
        const submitted = submit(sql, submission)
        const { message, run } = submission
        if (message && submitted.kind === 'added') add({ id: run.id, dueAt: NOT_DUE, value: message })
        return submitted
      }),
    change: (change) =>
      group.write(() => {
        writeChange(sql, change)
        if (change.endedAt !== null) makeDue(change.id, change.endedAt)
      }),
    repeat: (repeat) => group.write(() => writeTail(sql, repeat)),
    removeEnded: (query) =>
      group.write(() => ({
        removed: removeEnded(sql, query) + removeOld(query.before, query.limit),
      })),
    async close() {
      group.flush()
      database.close()
    },
  }
}

/** What looks into a store and changes nothing. */
type StoreReads = Omit<
  Store,
  'catalog' | 'audit' | 'outbox' | 'submit' | 'change' | 'repeat' | 'removeEnded' | 'close'
>

/** Looks into the store that `sqliteStore` has open, and never waits for what that writes. */
export async function sqliteReader(path: string): Promise<StoreReads & Pick<Store, 'close'>> {
  const database = await openForReading(path)
  return { ...readsOf(prepareStatements(database)), close: async () => database.close() }
}

function readsOf(sql: Statements): StoreReads {
  return {
    async get(id) {
      const [row] = sql.run.all(id) as (RunRow & CountsRow)[]
      if (row === undefined) return null
      const { last_event, folded, tail_data } = row
      return { ...fromRow(row), lastEvent: last_event, folded, endsFolding: tail_data !== null }
    },
    list: async (query) => listRuns(sql, query),
    async events(id, { after, limit, kind }) {
      const rows =
        kind === null ? sql.events.all(id, after, limit) : sql.eventsOfKind.all(id, after, kind, limit)
      const isTailWanted = rows.length < limit && (kind ?? 'attempt') === 'attempt'
      const tail = isTailWanted ? sql.tail.all(id, after) : []
      return ([...rows, ...tail] as StoredEvent[]).map((row) => ({ ...row }))
    },
    async answer(id, number) {
      const [row] = sql.answer.all(id, number) as AnswerRow[]
      if (row === undefined) return null
      const { runId, sealed } = row
      const body = runId === null || sealed === null ? null : { runId, sealed }
      return { number: row.number, answer: row.answer, body }
    },
    async due({ after, until, limit }) {
      const rows = sql.due.all(after?.dueAt ?? -1, after?.place ?? 0, until, limit)
      return (rows as DueRun[]).map((row) => ({ ...row }))
    },
    openExecutions: async () => (sql.openExecutions.all() as OpenExecution[]).map((row) => ({ ...row })),
    async lastExecutionIndex(pipeline) {
      const [row] = sql.lastExecutionIndex.all(pipeline) as { lastIndex: number }[]
      return row?.lastIndex ?? 0
    },
    countOpen: async () => (sql.countOpen.all()[0] as { count: number }).count,
    countPaused: async () => (sql.countPaused.all()[0] as { count: number }).count,
    async stats() {
      const [{ pages, size }] = sql.pages.all() as [{ pages: number; size: number }]
      return { bytes: pages * size }
    },
  }
}

/** So many runs are looked through at a time where no index finds them, while attempts wait to be kept. */
const SCAN = 20_000

function listRuns(sql: Statements, { kind, status, name, text, before, limit }: ListQuery): RunList {
  const by =
    name !== null
      ? 'name'
      : kind === 'execution'
        ? 'executions'
        : status !== null && kind === null && text === null
          ? 'status'
          : 'place'
  const behind = before ?? lastPlace(sql) + 1
  const isScanned = by === 'place' && (kind !== null || text !== null)
  const from = isScanned ? Math.max(0, behind - SCAN) : 0
  const pattern = text === null ? null : `%${text.replace(/[!%_]/g, '!$&')}%`
  const rows = sql.list[by].all(behind, kind, status, name, pattern, from, limit + 1) as RunRow[]
  const runs = rows.slice(0, limit).map((row) => ({ ...fromRow(row), place: row.place }))
  const next = rows.length > limit ? (runs.at(-1)?.place ?? null) : from > 0 ? from : null
  return { runs, next }
}

function lastPlace(sql: Statements): number {
  return (sql.lastPlace.all()[0] as { place: number | null }).place ?? 0
}

function submit(sql: Statements, { run, events, idempotency }: Submission): Submitted {
  if (idempotency !== null) {
    const { key, digest, answer, at } = idempotency
    if (Number(sql.takeKey.run(key, digest, answer, at).changes) === 0) {
      return { kind: 'known', submission: { ...(sql.submission.all(key)[0] as Idempotency) } }
    }
  }
  const { id, kind, name, status, origin, executionIndex, createdAt, dueAt, endedAt, task, state } = run
  const lastEvent = events.at(-1)?.number ?? 0
  sql.insertRun.run(id, kind, name, status, origin, executionIndex, createdAt, endedAt, task, state)
  // Events of a run that was elsewhere before have gaps already.
  const folded = events.reduce((sum, event) => sum + event.folded, 0)
  sql.insertWait.run(dueAt, lastEvent, folded)
  if (executionIndex !== null && name !== null) sql.countExecution.run(name, executionIndex)
  addEvents(sql, id, events)
  return { kind: 'added' }
}

function writeChange(sql: Statements, change: RunChange): void {
  const { id, status, dueAt, endedAt, state, events, folds, task } = change
  const [first] = events
  const last = events.at(-1)
  if (task !== undefined) sql.changeTask.run(task, id)
  sql.changeRun.run(status, endedAt, state, id)
  if (last === undefined || first === undefined) sql.changeDue.run(id, dueAt)
  else if (folds) writeTail(sql, { ...first, id, dueAt })
  else {
    sql.settleTail.run(id)
    addEvents(sql, id, events)
    sql.endTail.run(id, dueAt, last.number)
  }
}

function writeTail(sql: Statements, { id, dueAt, number, at, data }: RunRepeat): void {
  sql.changeTail.run(id, dueAt, number, at, data)
}

function addEvents(sql: Statements, id: string, events: readonly NewEvent[]): void {
  for (const { number, kind, at, data, folded, answer: { answer, body } = NO_ANSWER } of events) {
    if (body !== null) sql.insertBody.run(body.name, id, body.sealed)
    sql.insertEvent.run(id, number, kind, at, data, folded, answer, body?.name ?? null)
  }
}

const NO_ANSWER = { answer: null, body: null }

type Removal = Parameters<Store['removeEnded']>[0]

function removeEnded(sql: Statements, { before, limit, keep }: Removal): number {
  const old = sql.ended.all(before, limit) as { id: string }[]
  const ended = old.length > 0 || keep === undefined ? old : beyond(sql, keep, limit)
  for (const { id } of ended) {
    sql.removeBodies.run(id)
    sql.removeEvents.run(id)
    sql.removeWait.run(id)
    sql.removeRun.run(id)
  }
  return ended.length + Number(sql.removeKeys.run(before, limit).changes)
}

/** The oldest of what has ended, where that is more than is to be kept. */
function beyond(sql: Statements, keep: number, limit: number): { id: string }[] {
  const [{ count }] = sql.countEnded.all() as [{ count: number }]
  const most = Math.min(limit, count - keep)
  return most <= 0 ? [] : (sql.oldestEnded.all(most) as { id: string }[])
}

function fromRow(row: RunRow): KeptRun {
  const { id, kind, name, status, origin, execution_index, created_at, due_at, ended_at } = row
  const { task, state, tail_data } = row
  return {
    id,
    kind,
    name,
    status: status as RunStatus,
    origin,
    executionIndex: execution_index,
    createdAt: created_at,
    dueAt: due_at,
    endedAt: ended_at,
    task,
    state,
    tail: tail_data,
  }
}
