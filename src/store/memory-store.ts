import { memoryAudit, memoryCatalog, memoryOutbox } from './memory-shelves.ts'
import type { DuePoll, Idempotency, PollChange, Store, StoredEvent, StoredPoll } from './store.ts'

interface Kept {
  poll: StoredPoll
  readonly place: number
  readonly events: StoredEvent[]
  readonly answers: Map<number, Uint8Array>
  folded: number
  endsFolding: boolean
}

/** A store that ends with the process: for tests, and for trying things out. */
export function memoryStore(): Store {
  const polls = new Map<string, Kept>()
  let places = 0
  const submissions = new Map<string, Idempotency>()
  const all = () => [...polls.values()]
  const [audit, outbox] = [memoryAudit(), memoryOutbox()]
  return {
    catalog: memoryCatalog(),
    audit,
    outbox,
    async submit({ poll, events, idempotency }) {
      const known = idempotency && submissions.get(idempotency.key)
      if (known) return { kind: 'known', submission: known }
      if (idempotency) submissions.set(idempotency.key, idempotency)
      polls.set(poll.id, {
        poll,
        place: ++places,
        events: [...events],
        answers: new Map(),
        folded: 0,
        endsFolding: false,
      })
      return { kind: 'added' }
    },
    async change({ id, events, folds = false, message = null, ...changed }) {
      const kept = polls.get(id)
      if (kept === undefined) return
      if (message !== null) await outbox.put(message)
      kept.poll = { ...kept.poll, ...changed }
      addEvents(kept, events, folds)
    },
    async get(id) {
      const kept = polls.get(id)
      if (kept === undefined) return null
      const { poll, folded, endsFolding } = kept
      return { ...poll, folded, endsFolding, lastEvent: lastNumber(kept) }
    },
    list: async ({ status, before, limit }) =>
      all()
        .filter(({ poll, place }) => (status ?? poll.status) === poll.status && place < (before ?? Infinity))
        .sort((a, b) => b.place - a.place)
        .slice(0, limit)
        .map(({ poll, place }) => ({ ...poll, place })),
    events: async (id, { after, limit, kind }) =>
      (polls.get(id)?.events ?? [])
        .filter((event) => event.number > after && (kind ?? event.kind) === event.kind)
        .slice(0, limit),
    async answer(id, number) {
      const found = [...(polls.get(id)?.answers ?? [])].findLast(([at]) => at <= number)
      return found === undefined ? null : { number: found[0], answer: found[1] }
    },
    due: async ({ after, until, limit }) =>
      all()
        .flatMap(({ poll: { id, origin, dueAt } }) => (dueAt === null ? [] : [{ id, origin, dueAt }]))
        .filter((poll) => poll.dueAt <= until && (after === null || order(after, poll) < 0))
        .sort(order)
        .slice(0, limit),
    countOpen: async () => all().filter(({ poll: { status } }) => isOpen(status)).length,
    async removeEnded({ before, limit, keep = Number.POSITIVE_INFINITY }) {
      const ended = all()
        .filter(({ poll: { endedAt } }) => endedAt !== null)
        .sort((a, b) => (a.poll.endedAt as number) - (b.poll.endedAt as number))
        .filter(({ poll }, index, { length }) => index < length - keep || (poll.endedAt as number) < before)
      const old = [...submissions.values()].filter(({ at }) => at < before)
      for (const { poll } of ended.slice(0, limit)) polls.delete(poll.id)
      for (const { key } of old.slice(0, limit)) submissions.delete(key)
      const rows = audit.removeOld(before, limit)
      return { removed: Math.min(limit, ended.length) + Math.min(limit, old.length) + rows }
    },
    stats: async () => ({
      bytes: all().reduce((sum, { poll }) => sum + poll.task.length + poll.state.length, 0),
    }),
    async close() {},
  }
}

function addEvents(kept: Kept, events: PollChange['events'], folds: boolean): void {
  for (const { answer, ...event } of events) {
    if (event.number <= lastNumber(kept)) continue
    if (answer !== undefined) kept.answers.set(event.number, answer)
    const before = folds && kept.endsFolding ? kept.events.pop() : undefined
    if (before !== undefined) kept.folded++
    kept.events.push(before === undefined ? event : { ...event, folded: before.folded + 1 })
    kept.endsFolding = folds
  }
}

function lastNumber({ events }: Kept): number {
  return events.at(-1)?.number ?? 0
}

function order(a: Pick<DuePoll, 'dueAt' | 'id'>, b: Pick<DuePoll, 'dueAt' | 'id'>): number {
  return a.dueAt - b.dueAt || (a.id < b.id ? -1 : a.id > b.id ? 1 : 0)
}

function isOpen(status: StoredPoll['status']): boolean {
  return status === 'RUNNING' || status === 'PAUSED'
}
