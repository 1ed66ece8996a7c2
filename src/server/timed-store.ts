import type { Store } from '../store/store.ts'

/** The same store; says of each writing how long it took until it was on the disk. */
export function timedStore(store: Store, onKept: (ms: number) => void): Store {
  const timed =
    <A, R>(write: (asked: A) => Promise<R>) =>
    async (asked: A): Promise<R> => {
      const from = performance.now()
      const result = await write(asked)
      onKept(performance.now() - from)
      return result
    }
  return { ...store, submit: timed(store.submit), change: timed(store.change) }
}
