import type { Clock } from '../effects.ts'
import type { RunReader } from './run-reader.ts'

/** Tells of any change of the newest runs, while somebody listens. */
export interface RunWatch {
  add(listener: (id: string) => void): () => void
  stop(): void
}

const EVERY_MS = 1000
/** Those that a list shows first. */
const NEWEST = 100
const ANY = { kind: null, status: null, name: null, text: null, before: null, limit: NEWEST }

export function createRunWatch(
  reader: Pick<RunReader, 'list' | 'marks'>,
  clock: Clock,
  onProblem: (error: unknown) => void,
): RunWatch {
  const listeners = new Set<(id: string) => void>()
  const over = new AbortController()
  let isLooking = false

  const look = async () => {
    if (isLooking) return
    isLooking = true
    let before: ReadonlyMap<string, string> | null = null
    while (listeners.size > 0 && !over.signal.aborted) {
      const after = await marks().catch(onProblem)
      if (after) tell(before ?? after, after)
      before = after || before
      await clock.sleepUntil(clock.now() + EVERY_MS, over.signal).catch(() => {})
    }
    isLooking = false
  }
  const marks = async () => reader.marks((await reader.list(ANY)).map(({ id }) => id))
  const tell = (before: ReadonlyMap<string, string>, after: ReadonlyMap<string, string>) => {
    for (const [id, mark] of after)
      if (before.get(id) !== mark) for (const listener of [...listeners]) listener(id)
  }
  return {
    add(listener) {
      listeners.add(listener)
      void look()
      return () => listeners.delete(listener)
    },
    stop: () => over.abort(),
  }
}
