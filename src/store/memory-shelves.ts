import type { Audit, AuditRow } from './audit.ts'
import type { Catalog, CatalogEntry } from './catalog.ts'
import type { Outbox, OutboxEntry } from './outbox.ts'

export function memoryCatalog(): Catalog {
  const shelves = new Map<string, Map<string, CatalogEntry>>()
  const shelfOf = (name: string) => {
    const shelf = shelves.get(name) ?? new Map<string, CatalogEntry>()
    shelves.set(name, shelf)
    return shelf
  }
  return {
    get: async (shelf, name) => shelfOf(shelf).get(name) ?? null,
    list: async (shelf) =>
      [...shelfOf(shelf).values()].sort((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0)),
    async put(shelf, entry) {
      shelfOf(shelf).set(entry.name, entry)
    },
    async replace(shelf, before, entry) {
      const there = shelfOf(shelf).get(entry.name)
      const isSo =
        there === undefined || before === null
          ? there === undefined && before === null
          : Buffer.from(there.value).equals(before.value)
      if (isSo) shelfOf(shelf).set(entry.name, entry)
      return isSo
    },
    remove: async (shelf, name) => shelfOf(shelf).delete(name),
  }
}

export function memoryAudit(): Audit & { removeOld(before: number, limit: number): number } {
  let rows: (AuditRow & { readonly place: number })[] = []
  let places = 0
  return {
    async add(row) {
      rows.push({ ...row, place: ++places })
    },
    list: async ({ before, limit }) =>
      rows
        .filter(({ place }) => place < (before ?? Number.POSITIVE_INFINITY))
        .reverse()
        .slice(0, limit),
    removeOld(before, limit) {
      const old = new Set(rows.filter(({ at }) => at < before).slice(0, limit))
      rows = rows.filter((row) => !old.has(row))
      return old.size
    },
  }
}

export function memoryOutbox(): Outbox & { makeDue(id: string, at: number): void } {
  const entries = new Map<string, OutboxEntry>()
  const sorted = () => [...entries.values()].sort((a, b) => a.dueAt - b.dueAt || (a.id < b.id ? -1 : 1))
  return {
    due: async ({ until, limit }) =>
      sorted()
        .filter(({ dueAt }) => dueAt <= until)
        .slice(0, limit),
    async put(entry) {
      entries.set(entry.id, entry)
    },
    async remove(id) {
      entries.delete(id)
    },
    makeDue(id, dueAt) {
      const entry = entries.get(id)
      if (entry !== undefined) entries.set(id, { ...entry, dueAt })
    },
  }
}
