import type { DuePoll, Idempotency, Store, StoredEvent, StoredPoll } from './store.ts'

interface Kept {
  poll: StoredPoll
  readonly place: number
  readonly events: StoredEvent[]
}

/** A store that ends with the process: for tests, and for trying things out. */
export function memoryStore(): Store {
  const polls = new Map<string, Kept>()
  let places = 0
  const submissions = new Map<string, Idempotency>()
  const all = () => [...polls.values()]
  return {
    async submit({ poll, events, idempotency }) {
      const known = idempotency && submissions.get(idempotency.key)
      if (known) return { kind: 'known', submission: known }
      if (idempotency) submissions.set(idempotency.key, idempotency)
      polls.set(poll.id, { poll, place: ++places, events: [...events] })
      return { kind: 'added' }
    },
    async change({ id, events, ...changed }) {
      const kept = polls.get(id)
      if (kept === undefined) return
      kept.poll = { ...kept.poll, ...changed }
      for (const event of events) if (event.number === kept.events.length + 1) kept.events.push(event)
    },
    get: async (id) => polls.get(id)?.poll ?? null,
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
    lastEvent: async (id) => polls.get(id)?.events.length ?? 0,
    due: async ({ after, until, limit }) =>
      all()
        .flatMap(({ poll: { id, origin, dueAt } }) => (dueAt === null ? [] : [{ id, origin, dueAt }]))
        .filter((poll) => poll.dueAt <= until && (after === null || order(after, poll) < 0))
        .sort(order)
        .slice(0, limit),
    countOpen: async () => all().filter(({ poll: { status } }) => isOpen(status)).length,
    async removeEnded({ before, limit }) {
      const ended = all().filter(({ poll }) => poll.endedAt !== null && poll.endedAt < before)
      const old = [...submissions.values()].filter(({ at }) => at < before)
      for (const { poll } of ended.slice(0, limit)) polls.delete(poll.id)
      for (const { key } of old.slice(0, limit)) submissions.delete(key)
      return { removed: Math.min(limit, ended.length) + Math.min(limit, old.length) }
    },
    async close() {},
  }
}

function order(a: Pick<DuePoll, 'dueAt' | 'id'>, b: Pick<DuePoll, 'dueAt' | 'id'>): number {
  return a.dueAt - b.dueAt || (a.id < b.id ? -1 : a.id > b.id ? 1 : 0)
}

function isOpen(status: StoredPoll['status']): boolean {
  return status === 'RUNNING' || status === 'PAUSED'
}
