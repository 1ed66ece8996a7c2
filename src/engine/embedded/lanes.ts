/** Work held apart by origin: each has so many at a time, and all together so many. */
export interface Lanes {
  add(origin: string, id: string): void
  /** What runs, and what is due and waits for its turn. */
  load(): { readonly running: number; readonly queued: number }
  /** Begins nothing more; what waits is dropped. */
  close(): void
  /** Resolves once nothing runs. */
  idle(): Promise<void>
}

export interface LaneLimits {
  readonly perOrigin: number
  readonly total: number
}

interface Lane {
  running: number
  readonly waiting: string[]
  /** The first of `waiting` that has not begun. */
  next: number
}

/** Lanes take turns, so that a busy origin does not hold up the others. `run` never rejects. */
export function createLanes(limits: LaneLimits, run: (id: string) => Promise<void>): Lanes {
  const lanes = new Map<string, Lane>()
  const ready = new Set<string>()
  let running = 0
  let queued = 0
  let closed = false
  const whenIdle: (() => void)[] = []

  const begin = (origin: string, lane: Lane) => {
    const id = lane.waiting[lane.next++] as string
    running++
    queued--
    lane.running++
    run(id).then(() => {
      running--
      lane.running--
      settle(origin, lane)
      pump()
      if (running === 0) for (const tell of whenIdle.splice(0)) tell()
    })
  }
  const settle = (origin: string, lane: Lane) => {
    const isEmpty = lane.next === lane.waiting.length
    if (isEmpty || lane.running >= limits.perOrigin) ready.delete(origin)
    else ready.add(origin)
    if (isEmpty && lane.running === 0) lanes.delete(origin)
    if (lane.next > 1024 && lane.next * 2 > lane.waiting.length) {
      lane.waiting.splice(0, lane.next)
      lane.next = 0
    }
  }
  const pump = () => {
    while (!closed && running < limits.total && ready.size > 0) {
      for (const origin of ready) {
        if (running >= limits.total) return
        const lane = lanes.get(origin) as Lane
        begin(origin, lane)
        settle(origin, lane)
      }
    }
  }
  return {
    add(origin, id) {
      const lane = lanes.get(origin) ?? { running: 0, waiting: [], next: 0 }
      lanes.set(origin, lane)
      lane.waiting.push(id)
      queued++
      settle(origin, lane)
      pump()
    },
    load: () => ({ running, queued }),
    close() {
      closed = true
    },
    idle: () => (running === 0 ? Promise.resolve() : new Promise((resolve) => whenIdle.push(resolve))),
  }
}
