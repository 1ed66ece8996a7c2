import { authorization, ProblemError, problemOf } from './request.ts'

/** One event of a poll as the server sends it. */
export interface PollEvent {
  /** From 1; where attempts were folded, some are missing. */
  readonly number: number
  readonly kind: string
  readonly at: string
  /** How many events just before it are missing. */
  readonly folded?: number
  readonly data: unknown
}

/** How what is shown is kept up to date. */
export type Connection = 'connecting' | 'live' | 'lost' | 'over'

export interface Followed {
  /** Events as they come, those of one network packet at once. */
  onEvents(events: readonly PollEvent[]): void
  /** `lost` until it is mended by itself. */
  onConnection(state: Exclude<Connection, 'connecting'>): void
}

const FIRST_PAUSE_MS = 500
const LONGEST_PAUSE_MS = 5000
/** The server sends a comment every 15 s. */
const SILENCE_MS = 40_000

export function followPoll(id: string, followed: Followed): () => void {
  return follow(`/polls/${encodeURIComponent(id)}/events`, followed)
}

/**
 * Follows a run from its first event to its end, across lost connections, each event once. By `fetch`, since an
 * `EventSource` can send no token.
 */
export function follow(path: string, { onEvents, onConnection }: Followed): () => void {
  const stopped = new AbortController()
  let last = 0
  let pauseMs = FIRST_PAUSE_MS
  const take = (events: readonly PollEvent[]) => {
    const fresh = events.filter(({ number }) => number > last)
    last = fresh.at(-1)?.number ?? last
    if (fresh.length > 0) onEvents(fresh)
  }
  const run = async () => {
    while (!stopped.signal.aborted) {
      try {
        const isOver = await readStream(`/api/v1${path}`, {
          after: last,
          signal: stopped.signal,
          take,
          onOpen() {
            pauseMs = FIRST_PAUSE_MS
            onConnection('live')
          },
        })
        if (isOver) return onConnection('over')
      } catch (error) {
        if (stopped.signal.aborted) return
        if (error instanceof ProblemError && error.status < 500) return onConnection('over')
      }
      if (stopped.signal.aborted) return
      onConnection('lost')
      await pause(pauseMs, stopped.signal)
      pauseMs = Math.min(LONGEST_PAUSE_MS, pauseMs * 2)
    }
  }
  run()
  return () => stopped.abort()
}

interface Reading {
  readonly after: number
  readonly signal: AbortSignal
  take(events: readonly PollEvent[]): void
  onOpen(): void
}

/** True where nothing more will come. */
async function readStream(url: string, { after, signal, take, onOpen }: Reading): Promise<boolean> {
  const silence = new AbortController()
  let timer = setTimeout(() => silence.abort(), SILENCE_MS)
  try {
    const response = await fetch(url, {
      headers: { ...authorization(), 'last-event-id': String(after) },
      signal: AbortSignal.any([signal, silence.signal]),
    })
    if (response.status === 204) return true
    if (!response.ok || response.body === null) throw await problemOf(response)
    onOpen()
    let text = ''
    let isOver = false
    const reader = response.body.pipeThrough(new TextDecoderStream()).getReader()
    for (;;) {
      const { done, value } = await reader.read()
      if (done) return isOver
      clearTimeout(timer)
      timer = setTimeout(() => silence.abort(), SILENCE_MS)
      text += value
      const end = text.lastIndexOf('\n\n')
      if (end < 0) continue
      const events = parseEvents(text.slice(0, end))
      text = text.slice(end + 2)
      isOver ||= events.some(({ kind }) => kind === 'ended')
      take(events)
    }
  } finally {
    clearTimeout(timer)
  }
}

/** The data of each event of a stream; it names number and kind itself. */
export function parseEvents(text: string): PollEvent[] {
  return text.split('\n\n').flatMap((block) => {
    const data = block
      .split('\n')
      .filter((line) => line.startsWith('data:'))
      .map((line) => line.slice(5).trimStart())
    return data.length === 0 ? [] : [JSON.parse(data.join('\n')) as PollEvent]
  })
}

function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, ms)
    signal.addEventListener('abort', () => {
      clearTimeout(timer)
      resolve()
    })
  })
}
