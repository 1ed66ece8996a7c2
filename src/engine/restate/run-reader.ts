import type { PollStatus, StoredEvent } from '../../store/store.ts'
import type { Sealer } from '../embedded/sealer.ts'
import type { EngineLoad } from '../engine.ts'
import { BEHIND_EVENTS, CARD, eventKey, POLLS, RECORD } from './names.ts'
import { openRecord, type PollRecord, placeOfCard } from './poll-record.ts'
import { quoted, type RestateClient } from './restate-client.ts'
import { eventOfText, SEPARATOR } from './slotted-events.ts'

/** Reads what Restate keeps of runs, by its SQL: that needs no worker, and writes nothing. */
export function createRunReader(client: RestateClient, sealer: Sealer) {
  const record = ({ service_key: id, value }: StateRow): PollRecord =>
    openRecord(sealer, Buffer.from(value, 'hex'), id)
  const lastEvent = async (id: string): Promise<number> => {
    const [row] = await client.sql<{ last: number | null }>(
      `select max(${EVENT_NUMBER}) as last from state where ${stateOf(id)} and ${EVENTS}`,
    )
    return row?.last ?? 0
  }
  return {
    async get(id: string): Promise<PollRecord | null> {
      const [row] = await client.sql<StateRow>(
        `select service_key, value from state where ${stateOf(id)} and key = '${RECORD}'`,
      )
      return row === undefined ? null : record(row)
    },
    lastEvent,
    async events(
      id: string,
      { after, limit, kind }: { after: number; limit: number; kind: string | null },
    ): Promise<readonly StoredEvent[]> {
      const ofKind = kind === null ? '' : `and ${partOf(2)} = ${quoted(kind)}`
      const rows = await client.sql<{ value_utf8: string }>(
        `select value_utf8 from state where ${stateOf(id)} and ${EVENTS} and ${EVENT_NUMBER} > ${after} ${ofKind}
         order by key limit ${limit}`,
      )
      return rows.map(({ value_utf8 }) => eventOfText(value_utf8))
    },
    async list({
      status,
      before,
      limit,
    }: {
      status: PollStatus | null
      before: number | null
      limit: number
    }) {
      const filters = [
        ...(status === null ? [] : [`${partOf(3)} = ${quoted(status)}`]),
        ...(before === null ? [] : [`value_utf8 < '${String(before).padStart(16, '0')}'`]),
      ]
      const cards = await client.sql<{ service_key: string; value_utf8: string }>(
        `select service_key, value_utf8 from state where service_name = '${POLLS}' and key = '${CARD}'
         ${filters.map((filter) => `and ${filter}`).join(' ')} order by value_utf8 desc limit ${limit}`,
      )
      if (cards.length === 0) return []
      const keys = cards.map(({ service_key }) => quoted(service_key)).join(', ')
      const rows = await client.sql<StateRow>(
        `select service_key, value from state where service_name = '${POLLS}' and key = '${RECORD}'
         and service_key in (${keys})`,
      )
      const records = new Map(rows.map((row) => [row.service_key, record(row)]))
      return cards.flatMap(({ service_key, value_utf8 }) => {
        const found = records.get(service_key)
        return found === undefined ? [] : [{ record: found, place: placeOfCard(value_utf8) }]
      })
    },
    async load(): Promise<EngineLoad> {
      const status = partOf(3)
      const isOpen = `${status} in ('RUNNING', 'PAUSED')`
      const [cards, invocations] = await Promise.all([
        client.sql<{ status: string; n: number }>(
          `select ${status} as status, count(*) as n from state
           where service_name = '${POLLS}' and key = '${CARD}' and ${isOpen} group by ${status}`,
        ),
        client.sql<{ status: string; n: number }>(
          `select status, count(*) as n from sys_invocation where target_service_name = '${POLLS}'
           and target_handler_name in (${ATTEMPTS}) and status in ('running', 'ready', 'pending') group by status`,
        ),
      ])
      return {
        open: countOf(cards, 'RUNNING', 'PAUSED'),
        paused: countOf(cards, 'PAUSED'),
        running: countOf(invocations, 'running'),
        queued: countOf(invocations, 'ready', 'pending'),
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

function countOf(rows: readonly { status: string; n: number }[], ...wanted: readonly string[]): number {
  return rows.filter(({ status }) => wanted.includes(status)).reduce((sum, { n }) => sum + n, 0)
}

export type RunReader = ReturnType<typeof createRunReader>

interface StateRow {
  readonly service_key: string
  /** Hexadecimal. */
  readonly value: string
}

const EVENTS = `key >= '${eventKey(0)}' and key < '${BEHIND_EVENTS}'`

function stateOf(id: string): string {
  return `service_name = '${POLLS}' and service_key = ${quoted(id)}`
}

/** A part of a card or an event. */
function partOf(number: number): string {
  return `split_part(value_utf8, '${SEPARATOR}', ${number})`
}

const EVENT_NUMBER = `try_cast(${partOf(1)} as bigint)`

/** Handlers that make attempts. */
const ATTEMPTS = "'attempt', 'attemptOfMany'"
