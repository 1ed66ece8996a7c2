export interface Watched<T> {
  /** Null where there is none. */
  read(): Promise<T | null>
  /** Calls back after each change. Returns how to end that. */
  watch(listener: () => void): () => void
}

/** A run as soon as it has ended, or as it stands when the time is over. */
export async function endedWithin<T extends { readonly endedAt: string | null }>(
  { read, watch }: Watched<T>,
  { waitMs, signal }: { readonly waitMs: number; readonly signal: AbortSignal },
): Promise<T | null> {
  if (waitMs === 0) return read()
  const waiting = new AbortController()
  const stop = () => waiting.abort()
  signal.addEventListener('abort', stop, { once: true })
  const timer = setTimeout(stop, waitMs)
  let tell = () => {}
  const unwatch = watch(() => tell())
  waiting.signal.addEventListener('abort', () => tell())
  try {
    for (;;) {
      const told = new Promise<void>((resolve) => {
        tell = resolve
      })
      const found = await read()
      if (found === null || found.endedAt !== null || waiting.signal.aborted || signal.aborted) return found
      await told
    }
  } finally {
    clearTimeout(timer)
    signal.removeEventListener('abort', stop)
    unwatch()
  }
}
