/** Who wants to hear of which poll. */
export interface Watchers {
  add(id: string, listener: () => void): () => void
  tell(id: string): void
}

export function createWatchers(): Watchers {
  const listeners = new Map<string, Set<() => void>>()
  return {
    add(id, listener) {
      const own = listeners.get(id) ?? new Set()
      listeners.set(id, own.add(listener))
      return () => {
        own.delete(listener)
        if (own.size === 0 && listeners.get(id) === own) listeners.delete(id)
      }
    },
    tell(id) {
      for (const listener of [...(listeners.get(id) ?? [])]) listener()
    },
  }
}
