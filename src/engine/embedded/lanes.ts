import type { Clock } from '../effects.ts'

/** Work held apart by origin: each has so many at a time, and all together so many. */
export interface Lanes {
  add(origin: string, id: string): void
  /** Whether more waits for that origin than it has at a time. */
  isCrowded(origin: string): boolean
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
  /** Begun a second to one origin at most; infinity by default. */
  readonly ratePerOrigin: number
}

export interface LaneOptions {
  readonly limits: LaneLimits
  readonly clock: Clock
  /** Never rejects. */
  readonly run: (id: string) => Promise<void>
  /** Its turn comes soon. */
  readonly prepare: (id: string) => void
}

interface Lane {
  readonly origin: string
  running: number
  readonly waiting: string[]
  /** The first of `waiting` that has not begun. */
  next: number
  /** The first of `waiting` that is not prepared. */
  unprepared: number
  /** When the rate allows the next one. */
  nextAt: number
  isAsleep: boolean
}

/** So many of each lane are prepared ahead of their turn. */
const AHEAD = 256
/** A rate may be made up for after so long a pause: timers are no finer. */
const CATCH_UP_MS = 20
/** What has begun is forgotten in bulk. */
const FORGET_AFTER = 1024

/** Lanes take turns, so that a busy origin does not hold up the others. */
export function createLanes({ limits, clock, run, prepare }: LaneOptions): Lanes {
  const lanes = new Map<string, Lane>()
  const ready = new Set<Lane>()
  const apartMs = 1000 / limits.ratePerOrigin
  const closing = new AbortController()
  let running = 0
  let queued = 0
  const whenIdle: (() => void)[] = []

  const begin = (lane: Lane) => {
    const id = lane.waiting[lane.next++] as string
    queued--
    running++
    lane.running++
    if (apartMs > 0) lane.nextAt = Math.max(lane.nextAt, clock.now() - CATCH_UP_MS) + apartMs
    run(id).then(() => {
      running--
      lane.running--
      settle(lane)
      pump()
      if (running === 0) for (const tell of whenIdle.splice(0)) tell()
    })
  }
  const settle = (lane: Lane) => {
    const isEmpty = lane.next === lane.waiting.length
    const isHeld = apartMs > 0 && lane.nextAt > clock.now()
    if (isEmpty || isHeld || lane.running >= limits.perOrigin) ready.delete(lane)
    else ready.add(lane)
    if (isHeld) wakeLater(lane)
    else if (isEmpty && lane.running === 0) lanes.delete(lane.origin)
    if (lane.next > FORGET_AFTER && lane.next * 2 > lane.waiting.length) forgetBegun(lane)
    lane.unprepared = Math.max(lane.unprepared, lane.next)
    while (lane.unprepared < Math.min(lane.waiting.length, lane.next + AHEAD))
      prepare(lane.waiting[lane.unprepared++] as string)
  }
  const wakeLater = (lane: Lane) => {
    if (lane.isAsleep) return
    lane.isAsleep = true
    const wake = () => {
      lane.isAsleep = false
      settle(lane)
      pump()
    }
    clock.sleepUntil(lane.nextAt, closing.signal).then(wake, () => {})
  }
  const pump = () => {
    while (!closing.signal.aborted && running < limits.total && ready.size > 0) {
      for (const lane of ready) {
        if (running >= limits.total) return
        begin(lane)
        settle(lane)
      }
    }
  }
  return {
    add(origin, id) {
      const lane = lanes.get(origin) ?? newLane(origin)
      lanes.set(origin, lane)
      lane.waiting.push(id)
      queued++
      settle(lane)
      pump()
    },
    isCrowded(origin) {
      const lane = lanes.get(origin)
      return lane !== undefined && lane.waiting.length - lane.next > limits.perOrigin
    },
    load: () => ({ running, queued }),
    close: () => closing.abort(),
    idle: () => (running === 0 ? Promise.resolve() : new Promise((resolve) => whenIdle.push(resolve))),
  }
}

function newLane(origin: string): Lane {
  return { origin, running: 0, waiting: [], next: 0, unprepared: 0, nextAt: 0, isAsleep: false }
}

function forgetBegun(lane: Lane): void {
  lane.waiting.splice(0, lane.next)
  lane.unprepared -= lane.next
  lane.next = 0
}
