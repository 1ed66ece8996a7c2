/** Room for attempts in one worker: so many to one origin, and so many in all. */
export interface Budget {
  /** Resolves with how to leave once there is room; null where there was none for too long. */
  enter(origin: string, signal: AbortSignal): Promise<(() => void) | null>
  /** Changes how many attempts to one origin this worker may make at a time. */
  setPerOrigin(count: number): void
  /** Attempts that are being made. */
  inFlight(): number
}

interface Lane {
  running: number
  readonly waiting: Set<() => void>
}

/** Who waits longer than that makes room for what goes elsewhere: Restate hands out only so much at a time. */
const PATIENCE_MS = 2000

/** Where all room at an origin is taken, what is to go there comes again after this long. */
export const CROWDED_PAUSE_MS = 1000

export function createBudget(limits: { readonly perOrigin: number; readonly total: number }): Budget {
  let { perOrigin } = limits
  const lanes = new Map<string, Lane>()
  let running = 0

  const leave = (origin: string, lane: Lane) => {
    lane.running--
    running--
    if (lane.running === 0 && lane.waiting.size === 0) lanes.delete(origin)
    admit()
  }
  const admit = () => {
    for (const lane of lanes.values())
      for (const begin of lane.waiting) {
        if (running >= limits.total) return
        if (lane.running >= perOrigin) break
        begin()
      }
  }
  return {
    inFlight: () => running,
    setPerOrigin(count) {
      perOrigin = count
      admit()
    },
    enter: (origin, signal) =>
      new Promise((resolve) => {
        const lane = lanes.get(origin) ?? { running: 0, waiting: new Set() }
        lanes.set(origin, lane)
        const begin = () => {
          finish()
          lane.running++
          running++
          resolve(() => leave(origin, lane))
        }
        const giveUp = () => {
          finish()
          if (lane.running === 0 && lane.waiting.size === 0) lanes.delete(origin)
          resolve(null)
        }
        const finish = () => {
          clearTimeout(patience)
          lane.waiting.delete(begin)
          signal.removeEventListener('abort', giveUp)
        }
        if (lane.running < perOrigin && running < limits.total) {
          lane.running++
          running++
          return resolve(() => leave(origin, lane))
        }
        const patience = setTimeout(giveUp, PATIENCE_MS)
        lane.waiting.add(begin)
        signal.addEventListener('abort', giveUp)
      }),
  }
}
