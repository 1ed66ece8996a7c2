import type { CompiledPoll, PollState } from '../../core/poll.ts'
import type { PollTask } from '../../core/task.ts'
import type { Store, StoredRun } from '../../store/store.ts'
import type { Shown } from './poll-view.ts'
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
  /** The attempt that is being made; `kept` resolves once what came of it is kept. */
  flight: { readonly controller: AbortController; readonly kept: Promise<void> } | null
}

export interface KeptPolls {
  /** Does something with a poll; null where there is none. All who use one poll at a time share it. */
  use<T>(id: string, work: (poll: KeptPoll | null) => Promise<T>): Promise<T>
  /** It is used soon: begins to read it. What goes wrong is told to who uses it. */
  prepare(id: string): void
}

interface Place {
  readonly poll: Promise<KeptPoll | null>
  users: number
  bytes: number
}

/** What may stay in memory though nobody uses it: a poll of a few seconds is read once, not at each attempt. */
const IDLE_BYTES = 64 * 1024 * 1024
const BYTES_BESIDE_BODY = 4 * 1024

export function createKeptPolls(store: Store, sealer: Sealer, criteriaOf: CriteriaOf): KeptPolls {
  /** In the order of last use. */
  const places = new Map<string, Place>()
  let idleBytes = 0

  const load = async (id: string): Promise<KeptPoll | null> => {
    const stored = await store.get(id)
    if (stored?.kind !== 'poll') return null
    const { task, ...shown } = unsealed(stored, sealer)
    const { origin, lastEvent, folded, endsFolding } = stored
    const compiled = { task, criteria: await criteriaOf(task) }
    const spreadMs = shown.state.kind === 'done' ? 0 : Math.max(0, (stored.dueAt ?? 0) - shown.state.dueAt)
    return { ...shown, origin, compiled, spreadMs, lastEvent, folded, endsFolding, flight: null }
  }
  const enter = (id: string): Place => {
    const place = places.get(id) ?? { poll: load(id), users: 0, bytes: 0 }
    if (place.users++ === 0) idleBytes -= place.bytes
    places.delete(id)
    places.set(id, place)
    return place
  }
  const leave = (id: string, place: Place, poll: KeptPoll | null) => {
    if (--place.users > 0) return
    if (poll === null || poll.state.kind === 'done') return places.delete(id)
    place.bytes = BYTES_BESIDE_BODY + 2 * (poll.state.last?.body.length ?? 0)
    idleBytes += place.bytes
    dropOldest()
  }
  const dropOldest = () => {
    for (const [other, { users, bytes }] of places) {
      if (idleBytes <= IDLE_BYTES) break
      if (users > 0) continue
      idleBytes -= bytes
      places.delete(other)
    }
  }
  return {
    prepare(id) {
      if (places.has(id)) return
      const poll = load(id)
      const place = { poll, users: 0, bytes: BYTES_BESIDE_BODY }
      places.set(id, place)
      idleBytes += BYTES_BESIDE_BODY
      poll.catch(() => {
        if (place.users > 0 || places.get(id) !== place) return
        places.delete(id)
        idleBytes -= place.bytes
      })
    },
    async use(id, work) {
      const place = enter(id)
      let poll: KeptPoll | null = null
      try {
        poll = await place.poll
        return await work(poll)
      } finally {
        leave(id, place, poll)
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

/** What is kept of a poll, decrypted. */
export function unsealed(stored: StoredRun, sealer: Sealer): Shown {
  const { id, name, status } = stored
  return {
    id,
    name,
    task: JSON.parse(sealer.open(stored.task, `task ${id}`)) as PollTask,
    state: JSON.parse(sealer.open(stored.state, `state ${id}`)) as PollState,
    isPaused: status === 'PAUSED',
  }
}
