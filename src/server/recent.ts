/** The last so many measurements, of a moment ago at most: what a person who looks wants to know of now. */
export interface Recent {
  add(value: number): void
  /** Null where nothing was measured. */
  percentile(share: number): number | null
  perSecond(): number
}

const MOST = 4096
const MOMENT_MS = 10_000

/** `now` in ms. */
export function createRecent(now: () => number): Recent {
  const values = new Float64Array(MOST)
  const times = new Float64Array(MOST)
  let count = 0
  const firstOf = (from: number) => {
    let first = Math.max(0, count - MOST)
    while (first < count && (times[first % MOST] as number) < from) first++
    return first
  }
  return {
    add(value) {
      values[count % MOST] = value
      times[count % MOST] = now()
      count++
    },
    percentile(share) {
      const first = firstOf(now() - MOMENT_MS)
      if (first === count) return null
      const taken = Float64Array.from({ length: count - first }, (_, index) => {
        return values[(first + index) % MOST] as number
      }).sort()
      return taken[Math.min(taken.length - 1, Math.floor(share * taken.length))] as number
    },
    perSecond() {
      const from = now() - MOMENT_MS
      const first = firstOf(from)
      const isFull = count - first === MOST
      const spanMs = isFull ? now() - (times[first % MOST] as number) : MOMENT_MS
      return ((count - first) * 1000) / Math.max(1, spanMs)
    },
  }
}
