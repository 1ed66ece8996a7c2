import { type CompiledPoll, type LedgerEntry, type PollState, start } from '../../core/poll.ts'
import { repeated } from '../../core/repeat.ts'
import type { PollTask } from '../../core/task.ts'
import type { KeptRun, Store, StoredRun } from '../../store/store.ts'
import type { Clock } from '../effects.ts'
import { type Shown, statusOf } from './poll-view.ts'
import type { Sealer } from './sealer.ts'
import type { CriteriaOf } from './shared-criteria.ts'

/** A poll in memory in full, because something is done with it now or was just now. */
export interface KeptPoll {
  readonly id: string
  readonly name: string | null
  readonly origin: string
  compiled: CompiledPoll
  state: PollState
  isPaused: boolean
  /** How much later than due it is asked, to be polite. */
  spreadMs: number
  lastEvent: number
  folded: number
  endsFolding: boolean
  /** The code of the last attempt; undefined where it is not known. */
  lastCode: number | null | undefined
  /** The attempt that is being made. */
  flight: Flight | null
}

export interface Flight {
  readonly controller: AbortController
  /** Called once what came of it is kept. */
  readonly whenKept: (() => void)[]
}

/** Resolves once what came of an attempt is kept. */
export function keptFlight({ whenKept }: Flight): Promise<void> {
  return new Promise((resolve) => whenKept.push(resolve))
}

export interface KeptPolls {
  /** Takes a poll into use, until it is left. */
  enter(id: string): Place
  leave(id: string, place: Place): void
  /** Does something with a poll; null where there is none. All who use one poll at a time share it. */
  use<T>(id: string, work: (poll: KeptPoll | null) => Promise<T>): Promise<T>
  /** It is used soon: begins to read it. What goes wrong is told to who uses it. */
  prepare(id: string): void
}

/** Where a poll is in memory for all who use it at a time. */
export interface Place {
  /** Undefined while it is read. */
  poll: KeptPoll | null | undefined
  readonly loaded: Promise<KeptPoll | null>
  users: number
  bytes: number
}

/** A poll of a few seconds is read once, not at each attempt: it stays, though nobody uses it, if it is asked so soon. */
const SOON_MS = 10_000
/** What may stay so. */
const IDLE_BYTES = 64 * 1024 * 1024
const BYTES_BESIDE_BODY = 4 * 1024

export interface KeptPollsOptions {
  readonly store: Pick<Store, 'get'>
  readonly sealer: Sealer
  readonly criteriaOf: CriteriaOf
  readonly clock: Pick<Clock, 'now'>
}

export function createKeptPolls({ store, sealer, criteriaOf, clock }: KeptPollsOptions): KeptPolls {
  /** In the order of last use. */
  const places = new Map<string, Place>()
  let idleBytes = 0

  const load = async (id: string): Promise<KeptPoll | null> => {
    const stored = await store.get(id)
    if (stored?.kind !== 'poll') return null
    const { task, ...shown } = unsealed(stored, sealer)
    const { origin, lastEvent, folded, endsFolding } = stored
    const lastCode = codeOfLast(stored, shown.state)
    const compiled = { task, criteria: await criteriaOf(task) }
    const spreadMs = shown.state.kind === 'done' ? 0 : Math.max(0, (stored.dueAt ?? 0) - shown.state.dueAt)
    return { ...shown, origin, compiled, spreadMs, lastEvent, folded, endsFolding, lastCode, flight: null }
  }
  const begin = (id: string, bytes: number): Place => {
    const loaded = load(id)
    const place: Place = { poll: undefined, loaded, users: 0, bytes }
    places.set(id, place)
    loaded.then(
      (poll) => {
        place.poll = poll
      },
      () => drop(id, place),
    )
    return place
  }
  /** What could not be read is read again by the next who wants it. */
  const drop = (id: string, place: Place) => {
    if (places.get(id) !== place) return
    places.delete(id)
    if (place.users === 0) idleBytes -= place.bytes
  }
  const enter = (id: string): Place => {
    const known = places.get(id)
    if (known === undefined) {
      const place = begin(id, 0)
      place.users = 1
      return place
    }
    if (known.users++ === 0) idleBytes -= known.bytes
    places.delete(id)
    places.set(id, known)
    return known
  }
  const leave = (id: string, place: Place): void => {
    if (--place.users > 0 || places.get(id) !== place) return
    const { poll } = place
    if (!poll || askAt(poll) > clock.now() + SOON_MS) return void places.delete(id)
    place.bytes = BYTES_BESIDE_BODY + 2 * (poll.state.last?.body.length ?? 0)
    idleBytes += place.bytes
    dropOldest()
  }
  const dropOldest = () => {
    // To begin a round is dear: places that were left lie before the first.
    if (idleBytes <= IDLE_BYTES) return
    for (const [other, { users, bytes }] of places) {
      if (idleBytes <= IDLE_BYTES) return
      if (users > 0) continue
      idleBytes -= bytes
      places.delete(other)
    }
  }
  return {
    enter,
    leave,
    prepare(id) {
      if (places.has(id)) return
      begin(id, BYTES_BESIDE_BODY)
      idleBytes += BYTES_BESIDE_BODY
    },
    async use(id, work) {
      const place = enter(id)
      try {
        return await work(await place.loaded)
      } finally {
        leave(id, place)
      }
    },
  }
}

/** Epoch ms at which a poll is to be asked; infinity where it is not. */
export function askAt({
  state,
  isPaused,
  spreadMs,
}: Pick<KeptPoll, 'state' | 'isPaused' | 'spreadMs'>): number {
  return state.kind === 'done' || isPaused ? Number.POSITIVE_INFINITY : state.dueAt + spreadMs
}

/** In place of a state that follows from the task and the instant of its submission. */
const NOT_ASKED_YET = new Uint8Array(0)

/** A poll as it is taken into a store. The state of one that has never been asked follows from the rest. */
export function storedPoll(
  { id, createdAt, name, task, state, isPaused }: Shown & Pick<StoredRun, 'createdAt'>,
  { isAsked }: { readonly isAsked: boolean },
  sealer: Sealer,
): StoredRun {
  return {
    id,
    kind: 'poll',
    name,
    status: statusOf(state, isPaused),
    origin: new URL(task.url).origin,
    executionIndex: null,
    createdAt,
    dueAt: state.kind === 'done' || isPaused ? null : state.dueAt,
    endedAt: null,
    task: sealer.seal(JSON.stringify(task), `task ${id}`),
    state: isAsked ? sealer.seal(JSON.stringify(state), `state ${id}`) : NOT_ASKED_YET,
  }
}

/** What is kept of a poll, decrypted. */
export function unsealed(stored: KeptRun, sealer: Sealer): Shown {
  const { id, name, status, tail } = stored
  const task = JSON.parse(sealer.open(stored.task, `task ${id}`)) as PollTask
  const state =
    stored.state.byteLength === 0
      ? start(task, stored.createdAt)
      : (JSON.parse(sealer.open(stored.state, `state ${id}`)) as PollState)
  return {
    id,
    name,
    task,
    state: state.kind === 'done' || tail === null ? state : repeated(state, entryOf(tail)),
    isPaused: status === 'PAUSED',
  }
}

/** A 304 confirms the answer of an attempt before it. */
function codeOfLast({ tail }: KeptRun, { last, lastAt, iterationCount, observed }: PollState) {
  if (tail !== null) return entryOf(tail).code
  const isCertain =
    lastAt?.iteration === iterationCount && !Object.keys(observed).some((what) => what.startsWith('304 '))
  return isCertain ? last?.code : undefined
}

function entryOf(tail: string): LedgerEntry {
  return JSON.parse(tail) as LedgerEntry
}
