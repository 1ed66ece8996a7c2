import type { Clock } from '../effects.ts'
import { createWatchers } from '../embedded/watchers.ts'
import type { RunReader } from './run-reader.ts'

/** Looks after the runs that are watched, and tells who watches them; only while somebody does. */
export interface StateWatch {
  add(id: string, listener: () => void): () => void
  stop(): void
}

const EVERY_MS = 300

export function createStateWatch(
  reader: Pick<RunReader, 'lastEvent'>,
  clock: Clock,
  onProblem: (error: unknown) => void,
): StateWatch {
  const watchers = createWatchers()
  const watched = new Map<string, { count: number; last: number }>()
  const over = new AbortController()
  let isLooking = false

  const look = async () => {
    if (isLooking) return
    isLooking = true
    while (watched.size > 0 && !over.signal.aborted) {
      await Promise.all([...watched.keys()].map(lookAt)).catch(onProblem)
      await clock.sleepUntil(clock.now() + EVERY_MS, over.signal).catch(() => {})
    }
    isLooking = false
  }
  const lookAt = async (id: string) => {
    const last = await reader.lastEvent(id)
    const one = watched.get(id)
    if (one === undefined || one.last === last) return
    one.last = last
    watchers.tell(id)
  }
  return {
    add(id, listener) {
      const one = watched.get(id) ?? { count: 0, last: -1 }
      one.count++
      watched.set(id, one)
      const end = watchers.add(id, listener)
      void look()
      let isOver = false
      return () => {
        if (isOver) return
        isOver = true
        end()
        if (--one.count === 0) watched.delete(id)
      }
    },
    stop: () => over.abort(),
  }
}
