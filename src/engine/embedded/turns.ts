/** Turns in the lanes for what is no poll: it waits among the polls of its origin, in the order of asking. */
export interface Turns {
  /** Resolves when it may send; what it gives is to be called when that is over. */
  take(origin: string): Promise<() => void>
  /** Grants the turn of a lane's entry; null where that is none of these. Resolves once the turn is over. */
  grant(id: string): Promise<void> | null
}

const PREFIX = 'turn '

export function createTurns(add: (origin: string, id: string) => void): Turns {
  const waiting = new Map<string, () => Promise<void>>()
  let count = 0
  return {
    take: (origin) =>
      new Promise((granted) => {
        const id = PREFIX + ++count
        waiting.set(id, () => new Promise((ended) => granted(ended)))
        add(origin, id)
      }),
    grant(id) {
      const begin = waiting.get(id)
      waiting.delete(id)
      return begin?.() ?? null
    },
  }
}

/** True for an entry of a lane that is a turn, no poll. */
export function isTurn(id: string): boolean {
  return id.startsWith(PREFIX)
}
