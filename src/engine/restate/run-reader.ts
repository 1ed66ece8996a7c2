import type { RunFilter, StoredEvent } from '../../store/store.ts'
import type { Sealer } from '../embedded/sealer.ts'
import type { EngineLoad } from '../engine.ts'
import { createContexts, type ExecutionRecord, openExecution } from './execution-record.ts'
import { BEHIND_EVENTS, CARD, EXECUTIONS, eventKey, POLLS, RECORD, SOURCES } from './names.ts'
import { partitionKeyOf } from './partition-key.ts'
import { openRecord, PLACE_DIGITS, type PollRecord, placeOfCard } from './poll-record.ts'
import { quoted, type RestateClient } from './restate-client.ts'
import { eventOfText, SEPARATOR } from './slotted-events.ts'

/** Where a run stands in lists. */
export interface RunPlace {
  readonly kind: 'poll' | 'execution'
  readonly id: string
  readonly place: number
}

interface ListedRuns extends RunFilter {
  readonly before: number | null
  readonly limit: number
  /** Those alone that have not ended. */
  readonly isOpen?: boolean
}

/** Reads what Restate keeps of runs, by its SQL: that needs no worker, and writes nothing. */
export function createRunReader(client: RestateClient, sealer: Sealer) {
  const contexts = createContexts(sealer)

  /** Whether Restate was seen to number objects as we do; null before a row has told. */
  let areNumbersOurs: boolean | null = null
  /** Those of these ids, which Restate finds at once by their numbers. */
  const ofIds = (ids: readonly string[]): string => {
    const numbers = areNumbersOurs ? ids.map(partitionKeyOf) : [null]
    const which = `service_key in (${ids.map(quoted).join(', ')})`
    return numbers.includes(null) ? which : `partition_key in (${numbers.join(', ')}) and ${which}`
  }
  const ofRun = (id: string) => `${OF_RUNS} and ${ofIds([id])}`

  /** Values of that key of some runs of a kind, by id. */
  const valuesOf = async (service: string, key: string, ids: readonly string[]) => {
    if (ids.length === 0) return new Map<string, Uint8Array>()
    const rows = await client.sql<{ service_key: string; value: string; number: string }>(
      `select service_key, value, cast(partition_key as varchar) as number from state
       where service_name = '${service}' and key = '${key}' and ${ofIds(ids)}`,
    )
    if (rows[0]) areNumbersOurs ??= rows[0].number === String(partitionKeyOf(rows[0].service_key))
    return new Map(rows.map(({ service_key, value }) => [service_key, Buffer.from(value, 'hex')] as const))
  }
  const polls = async (ids: readonly string[]): Promise<Map<string, PollRecord>> => {
    const values = await valuesOf(POLLS, RECORD, ids)
    return new Map([...values].map(([id, value]) => [id, openRecord(sealer, value, id)]))
  }
  const executions = async (ids: readonly string[]) => {
    const [records, sources] = await Promise.all([
      valuesOf(EXECUTIONS, RECORD, ids),
      valuesOf(EXECUTIONS, SOURCES, ids),
    ])
    return new Map(
      [...records].map(([id, value]) => {
        const record: ExecutionRecord = openExecution(sealer, value, id)
        const sealedSources = sources.get(id) as Uint8Array
        const { run, isHeld = false } = record
        return [id, { record, sealedSources, run, isHeld, ...contexts(id, sealedSources) }]
      }),
    )
  }
  return {
    polls,
    executions,
    poll: async (id: string): Promise<PollRecord | null> => (await polls([id])).get(id) ?? null,
    execution: async (id: string) => (await executions([id])).get(id) ?? null,
    async lastEvent(id: string): Promise<number> {
      const [row] = await client.sql<{ last: number | null }>(
        `select max(${EVENT_NUMBER}) as last from state where ${ofRun(id)} and ${EVENTS}`,
      )
      return row?.last ?? 0
    },
    async events(
      id: string,
      { after, limit, kind }: { after: number; limit: number; kind: string | null },
    ): Promise<readonly StoredEvent[]> {
      const ofKind = kind === null ? '' : `and ${partOf(2)} = ${quoted(kind)}`
      const rows = await client.sql<{ value_utf8: string }>(
        `select value_utf8 from state where ${ofRun(id)} and ${EVENTS} and ${EVENT_NUMBER} > ${after} ${ofKind}
         order by key limit ${limit}`,
      )
      return rows.map(({ value_utf8 }) => eventOfText(value_utf8))
    },
    /** Newest first: all runs are looked through, since Restate has no index of them. */
    async list(query: ListedRuns): Promise<readonly RunPlace[]> {
      const rows = await client.sql<{ service_key: string; value_utf8: string }>(
        `select service_key, value_utf8 from state where ${filterOf(query)}
         order by value_utf8 desc limit ${query.limit}`,
      )
      return rows.map(({ service_key: id, value_utf8 }) => ({
        id,
        kind: value_utf8.split(SEPARATOR)[1] as RunPlace['kind'],
        place: placeOfCard(value_utf8),
      }))
    },
    /** A text for each of those runs that is another one once anything about it has changed. */
    async marks(ids: readonly string[]): Promise<Map<string, string>> {
      if (ids.length === 0) return new Map()
      const rows = await client.sql<{ service_key: string; mark: string }>(
        `select service_key, md5(value) as mark from state where ${OF_RUNS} and key = '${RECORD}'
         and ${ofIds(ids)}`,
      )
      return new Map(rows.map(({ service_key, mark }) => [service_key, mark]))
    },
    async load(): Promise<EngineLoad> {
      const [statuses, invocations] = await Promise.all([
        client.sql<{ status: string; n: number }>(
          `select ${partOf(3)} as status, count(*) as n from state where ${OF_RUNS} and key = '${CARD}'
           and ${partOf(3)} in (${OPEN.map(quoted).join(', ')}) group by 1`,
        ),
        client.sql<{ status: string; n: number }>(
          `select status, count(*) as n from sys_invocation where target_service_name in ('${POLLS}', '${EXECUTIONS}')
           and target_handler_name in (${ATTEMPTS}, 'exchange') and status in ('running', 'ready', 'pending')
           group by status`,
        ),
      ])
      const sum = (rows: readonly { status: string; n: number }[], wanted: readonly string[]) =>
        rows.filter(({ status }) => wanted.includes(status)).reduce((total, { n }) => total + n, 0)
      return {
        open: sum(statuses, OPEN),
        paused: sum(statuses, ['PAUSED']),
        running: sum(invocations, ['running']),
        queued: sum(invocations, ['ready', 'pending']),
      }
    },
    /** The invocation that makes an attempt of a poll now; null where none does. */
    async attemptInFlight(id: string): Promise<string | null> {
      const [row] = await client.sql<{ id: string }>(
        `select id from sys_invocation where target_service_name = '${POLLS}'
         and target_service_key = ${quoted(id)} and target_handler_name in (${ATTEMPTS})
         and status in ('running', 'suspended', 'backing-off', 'ready')`,
      )
      return row?.id ?? null
    },
  }
}

export type RunReader = ReturnType<typeof createRunReader>

const OPEN = ['RUNNING', 'PAUSED', 'PAUSING', 'QUEUED', 'ROLLING_BACK']
const OF_RUNS = `service_name in ('${POLLS}', '${EXECUTIONS}')`
const EVENTS = `key >= '${eventKey(0)}' and key < '${BEHIND_EVENTS}'`
const EVENT_NUMBER = `try_cast(${partOf(1)} as bigint)`
/** Handlers that make attempts of polls. */
const ATTEMPTS = "'attempt', 'attemptOfMany'"

/** A part of a card or an event. */
function partOf(number: number): string {
  return `split_part(value_utf8, '${SEPARATOR}', ${number})`
}

function filterOf(query: ListedRuns): string {
  const { kind, status, name, text, before, isOpen = false } = query
  const like = text === null ? '' : quoted(`%${text.toLowerCase().replace(/[\\%_]/g, '\\$&')}%`)
  const searched = [partOf(5), 'service_key', partOf(6)].map((part) => `lower(${part}) like ${like}`)
  return [
    `${OF_RUNS} and key = '${CARD}'`,
    ...(kind === null ? [] : [`${partOf(2)} = '${kind}'`]),
    ...(status === null ? [] : [`${partOf(3)} = ${quoted(status)}`]),
    ...(isOpen ? [`${partOf(3)} in (${OPEN.map(quoted).join(', ')})`] : []),
    ...(name === null ? [] : [`${partOf(5)} = ${quoted(name)}`]),
    ...(text === null ? [] : [`(${searched.join(' or ')})`]),
    ...(before === null ? [] : [`value_utf8 < '${String(before).padStart(PLACE_DIGITS, '0')}'`]),
  ].join(' and ')
}
