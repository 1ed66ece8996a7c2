/** Who wants to hear of which run. */
export interface Watchers {
  add(id: string, listener: () => void): () => void
  /** Hears of every run, by its id. */
  addAll(listener: (id: string) => void): () => void
  tell(id: string): void
}

export function createWatchers(): Watchers {
  const listeners = new Map<string, Set<() => void>>()
  const ofAll = new Set<(id: string) => void>()
  return {
    add(id, listener) {
      const own = listeners.get(id) ?? new Set()
      listeners.set(id, own.add(listener))
      return () => {
        own.delete(listener)
        if (own.size === 0 && listeners.get(id) === own) listeners.delete(id)
      }
    },
    addAll(listener) {
      ofAll.add(listener)
      return () => void ofAll.delete(listener)
    },
    tell(id) {
      for (const listener of [...(listeners.get(id) ?? [])]) listener()
      for (const listener of ofAll) listener(id)
    },
  }
}
