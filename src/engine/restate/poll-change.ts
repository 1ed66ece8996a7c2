import type { Happening } from '../embedded/keeper.ts'
import { type PollRecord, pollCard } from './poll-record.ts'
import { eventText, keptEvents, withHappenings } from './slotted-events.ts'

/** What is to be written of a poll, and what follows. */
export interface PollChange {
  /** As it is kept: with its events counted. */
  readonly record: PollRecord
  readonly writes: PollWrites
}

/** The part of a change that is plain text. */
export interface PollWrites {
  readonly events: readonly { readonly slot: number; readonly text: string }[]
  /** Null where it is the one that is there. */
  readonly card: string | null
  readonly follows: Follows
}

export type Follows =
  | { readonly kind: 'nothing' }
  /** It has ended: it is kept for a while, and who is to be told of it is told. */
  | { readonly kind: 'forget'; readonly tells?: boolean }
  /** A message to the poll that comes then. */
  | ({ readonly kind: 'attempt' } & Appointment)
  /** Whoever made the last attempt stays, and makes the next one too. */
  | ({ readonly kind: 'hold' } & Appointment)

export interface Appointment {
  readonly turn: number
  /** Epoch ms. */
  readonly at: number
  readonly handler: 'attempt' | 'attemptOfMany'
}

export interface Changed {
  readonly before: PollRecord | null
  readonly after: PollRecord
  readonly happenings: readonly Happening[]
  readonly now: number
}

/** A poll with what happened to it. */
export function changeOf({ before, after, happenings, now }: Changed): PollChange {
  const { record, events } = withHappenings(after, happenings, now)
  const card = pollCard(record)
  return {
    record,
    writes: {
      events: events.map(({ slot, event }) => ({ slot, text: eventText(event) })),
      card: before !== null && pollCard(before) === card ? null : card,
      follows: followsOf(before, record),
    },
  }
}

function followsOf(before: PollRecord | null, record: PollRecord): Follows {
  if (record.state.kind === 'done') return { kind: 'forget', ...(record.webhook && { tells: true }) }
  const isArmed = record.isPaused || record.turn === before?.turn
  return isArmed ? { kind: 'nothing' } : { kind: 'attempt', ...appointmentOf(record, record.state.dueAt) }
}

export function appointmentOf(record: PollRecord, at: number): Appointment {
  // The whole state along with the message spares a way there and back, as long as there is little of it.
  return { turn: record.turn, at, handler: keptEvents(record) > FEW_EVENTS ? 'attemptOfMany' : 'attempt' }
}

const FEW_EVENTS = 20

/** What a worker hands to Restate's journal of an attempt: what is to be written, word for word. */
export function packed(writes: PollWrites, sealed: Uint8Array): Uint8Array {
  const head = Buffer.from(JSON.stringify(writes))
  const length = Buffer.alloc(LENGTH_BYTES)
  length.writeUInt32BE(head.length)
  return Buffer.concat([length, head, sealed])
}

export function unpacked(bytes: Uint8Array): { writes: PollWrites; sealed: Uint8Array } {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length)
  const end = LENGTH_BYTES + buffer.readUInt32BE()
  const writes = JSON.parse(buffer.toString('utf8', LENGTH_BYTES, end)) as PollWrites
  return { writes, sealed: bytes.subarray(end) }
}

const LENGTH_BYTES = 4
