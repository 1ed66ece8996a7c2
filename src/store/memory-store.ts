import { memoryAudit, memoryCatalog, memoryOutbox } from './memory-shelves.ts'
import { NOT_DUE } from './outbox.ts'
import type {
  DueRun,
  Idempotency,
  KeptBody,
  NewAnswer,
  RunChange,
  RunFilter,
  Store,
  StoredEvent,
  StoredRun,
} from './store.ts'

interface Kept {
  run: StoredRun
  readonly place: number
  readonly events: StoredEvent[]
  readonly answers: Map<number, NewAnswer>
  folded: number
  endsFolding: boolean
}

/** A store that ends with the process: for tests, and for trying things out. */
export function memoryStore(): Store {
  const runs = new Map<string, Kept>()
  const bodies = new Map<string, KeptBody>()
  const lastIndexes = new Map<string, number>()
  let places = 0
  const submissions = new Map<string, Idempotency>()
  const all = () => [...runs.values()]
  const [audit, outbox] = [memoryAudit(), memoryOutbox()]
  return {
    catalog: memoryCatalog(),
    audit,
    outbox,
    async submit({ run, events, idempotency, message = null }) {
      const known = idempotency && submissions.get(idempotency.key)
      if (known) return { kind: 'known', submission: known }
      if (message !== null) await outbox.put({ id: run.id, dueAt: NOT_DUE, value: message })
      if (idempotency) submissions.set(idempotency.key, idempotency)
      const { name, executionIndex } = run
      if (name !== null && executionIndex !== null)
        lastIndexes.set(name, Math.max(executionIndex, lastIndexes.get(name) ?? 0))
      runs.set(run.id, {
        run,
        place: ++places,
        events: [...events],
        answers: new Map(),
        folded: events.reduce((sum, event) => sum + event.folded, 0),
        endsFolding: false,
      })
      return { kind: 'added' }
    },
    async change({ id, events, folds = false, ...changed }) {
      const kept = runs.get(id)
      if (kept === undefined) return
      if (changed.endedAt !== null) outbox.makeDue(id, changed.endedAt)
      kept.run = { ...kept.run, ...changed }
      addEvents(kept, events, folds)
      for (const { answer } of events)
        if (answer?.body && !bodies.has(answer.body.name))
          bodies.set(answer.body.name, { runId: id, sealed: answer.body.sealed })
    },
    async repeat({ id, dueAt, ...event }) {
      const kept = runs.get(id)
      if (kept === undefined) return
      kept.run = { ...kept.run, dueAt }
      addEvents(kept, [{ ...event, kind: 'attempt', folded: 0 }], true)
    },
    async get(id) {
      const kept = runs.get(id)
      if (kept === undefined) return null
      const { run, folded, endsFolding } = kept
      return { ...run, tail: tailOf(kept), folded, endsFolding, lastEvent: lastNumber(kept) }
    },
    async list({ before, limit, ...filter }) {
      const found = all()
        .filter(({ run, place }) => place < (before ?? Infinity) && fits(run, filter))
        .sort((a, b) => b.place - a.place)
      const page = found.slice(0, limit)
      const next = found.length > limit ? (page.at(-1)?.place ?? null) : null
      return { runs: page.map((kept) => ({ ...kept.run, tail: tailOf(kept), place: kept.place })), next }
    },
    events: async (id, { after, limit, kind }) =>
      (runs.get(id)?.events ?? [])
        .filter((event) => event.number > after && (kind ?? event.kind) === event.kind)
        .slice(0, limit),
    async answer(id, number) {
      const kept = runs.get(id)
      const found = [...(kept?.answers ?? [])].findLast(([at]) => at <= number)
      if (kept === undefined || found === undefined) return null
      const [at, { answer, body }] = found
      return { number: at, answer, body: body && (bodies.get(body.name) as KeptBody) }
    },
    due: async ({ after, until, limit }) =>
      all()
        .flatMap(({ run: { id, origin, dueAt }, place }) =>
          dueAt === null ? [] : [{ id, origin, dueAt, place }],
        )
        .filter((due) => due.dueAt <= until && (after === null || order(after, due) < 0))
        .sort(order)
        .slice(0, limit),
    countOpen: async () => all().filter(({ run }) => run.endedAt === null).length,
    countPaused: async () => all().filter(({ run: { status } }) => status === 'PAUSED').length,
    openExecutions: async () =>
      all().flatMap(({ run: { id, kind, name, status, endedAt } }) =>
        kind === 'execution' && endedAt === null ? [{ id, pipeline: name ?? '', status }] : [],
      ),
    lastExecutionIndex: async (pipeline) => lastIndexes.get(pipeline) ?? 0,
    async removeEnded({ before, limit, keep = Number.POSITIVE_INFINITY }) {
      const ended = all()
        .filter(({ run: { endedAt } }) => endedAt !== null)
        .sort((a, b) => (a.run.endedAt as number) - (b.run.endedAt as number))
        .filter(({ run }, index, { length }) => index < length - keep || (run.endedAt as number) < before)
      const old = [...submissions.values()].filter(({ at }) => at < before)
      for (const { run } of ended.slice(0, limit)) runs.delete(run.id)
      const used = new Set(
        all().flatMap(({ answers }) => [...answers.values()].map(({ body }) => body?.name)),
      )
      for (const name of bodies.keys()) if (!used.has(name)) bodies.delete(name)
      for (const { key } of old.slice(0, limit)) submissions.delete(key)
      const rows = audit.removeOld(before, limit)
      return { removed: Math.min(limit, ended.length) + Math.min(limit, old.length) + rows }
    },
    stats: async () => ({
      bytes: all().reduce((sum, { run }) => sum + run.task.length + run.state.length, 0),
    }),
    async close() {},
  }
}

function addEvents(kept: Kept, events: RunChange['events'], folds: boolean): void {
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

function tailOf({ events, endsFolding }: Kept): string | null {
  return endsFolding ? (events.at(-1)?.data ?? null) : null
}

function order(a: Pick<DueRun, 'dueAt' | 'place'>, b: Pick<DueRun, 'dueAt' | 'place'>): number {
  return a.dueAt - b.dueAt || a.place - b.place
}

function fits(run: StoredRun, { kind, status, name, text }: RunFilter): boolean {
  const isSame = (wanted: string | null, is: string | null) => wanted === null || wanted === is
  const isFound = (part: string) =>
    [run.name ?? '', run.id, run.origin].some((place) => place.toLowerCase().includes(part.toLowerCase()))
  return (
    isSame(kind, run.kind) &&
    isSame(status, run.status) &&
    isSame(name, run.name) &&
    (text === null || isFound(text))
  )
}
