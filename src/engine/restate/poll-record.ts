import { type PollState, start } from '../../core/poll.ts'
import type { PollTask } from '../../core/task.ts'
import { statusOf } from '../embedded/poll-view.ts'
import type { Sealer } from '../embedded/sealer.ts'
import type { MovedPoll } from '../moved-run.ts'
import type { Webhook } from '../webhook.ts'
import { countsOfMoved, type EventCounts, NO_EVENTS, SEPARATOR } from './slotted-events.ts'

/** All that Restate keeps of a poll beside its events, as one sealed value: one read and one write an attempt. */
export interface PollRecord extends EventCounts {
  readonly id: string
  readonly name: string | null
  /** Where it stands among all runs: the later, the greater. */
  readonly place: number
  /** Of what was asked for, by which a repeated submission is known. */
  readonly digest: string
  readonly task: PollTask
  /** Who is told once it has ended. */
  readonly webhook?: Webhook
  readonly state: PollState
  readonly isPaused: boolean
  /** It was moved elsewhere; paused as well. */
  readonly isHeld?: boolean
  /** The attempt that is to come; one of another turn comes too late, and does nothing. */
  readonly turn: number
}

/** What a submission hands to the poll's object. */
export interface PollBeginning
  extends Pick<PollRecord, 'id' | 'name' | 'place' | 'digest' | 'task' | 'webhook'> {
  readonly startedAt: number
}

export function beginRecord({ startedAt, ...beginning }: PollBeginning): PollRecord {
  const state = start(beginning.task, startedAt)
  return { ...beginning, state, isPaused: false, turn: 1, ...NO_EVENTS }
}

/** What a move hands to the poll's object. */
export interface PollAdoption {
  readonly poll: MovedPoll
  readonly place: number
  readonly now: number
}

/** A poll that was elsewhere before. */
export function adoptedRecord(poll: MovedPoll, place: number): PollRecord {
  const { id, name, task, state, isPaused, webhook } = poll
  const told = webhook && { webhook }
  return { id, name, place, digest: id, task, ...told, state, isPaused, turn: 1, ...countsOfMoved(poll) }
}

export function sealRecord(sealer: Sealer, record: PollRecord): Uint8Array {
  return sealer.sealSame(JSON.stringify(record), `poll ${record.id}`)
}

export function openRecord(sealer: Sealer, sealed: Uint8Array, id: string): PollRecord {
  return JSON.parse(sealer.open(sealed, `poll ${id}`)) as PollRecord
}

export const PLACE_DIGITS = 16

/** What lists are made of: plain text that Restate's SQL can sort, by place, and filter. It changes with the status. */
export function pollCard({ place, name, task, state, isPaused }: PollRecord): string {
  return cardOf({
    place,
    kind: 'poll',
    status: statusOf(state, isPaused),
    pipeline: '',
    name: name ?? '',
    origin: new URL(task.url).origin,
  })
}

export interface Card {
  readonly place: number
  readonly kind: 'poll' | 'execution'
  readonly status: string
  readonly pipeline: string
  readonly name: string
  readonly origin: string
}

export function cardOf({ place, kind, status, pipeline, name, origin }: Card): string {
  return [String(place).padStart(PLACE_DIGITS, '0'), kind, status, pipeline, name, origin]
    .map((part) => part.replaceAll(SEPARATOR, ' '))
    .join(SEPARATOR)
}

export function placeOfCard(card: string): number {
  return Number(card.slice(0, PLACE_DIGITS))
}
