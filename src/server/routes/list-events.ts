import { type SSEStreamingApi, streamSSE } from 'hono/streaming'
import { toJson } from '../../core/json.ts'
import type { ApiRequest } from '../operations.ts'
import { executionEngine } from './execution-engine.ts'

/** A run that changes often is told of no more often than this. */
const PAUSE_MS = 250
/** Rows that are read for one stream in a turn: what is more waits for the next. */
const MOST_ROWS = 100
/** Where more wait to be told of, a reader is sooner done by reading its list again; so often at most. */
const MOST_WAITING = 2000
const RESET_PAUSE_MS = 2000
const HEARTBEAT_MS = 15_000

/**
 * `GET /runs/events`: rows of the list of runs as they change, as server-sent events. They are not kept, so nothing is
 * made up for who was away: a stream begins with `reset`, which says to read the list again.
 */
export function listEvents(request: ApiRequest): Response {
  const { context, stopping } = request
  const executions = executionEngine(request)
  return streamSSE(context, async (stream) => {
    const waiting = new Set<string>()
    const over = new AbortController()
    let tell = () => {}
    const end = () => {
      over.abort()
      tell()
    }
    const unwatch = executions.watchAll((id) => {
      if (waiting.size <= MOST_WAITING) waiting.add(id)
      tell()
    })
    stream.onAbort(end)
    stopping.addEventListener('abort', end, { once: true })
    const send = createSender(stream)
    try {
      await send('reset', null)
      while (!over.signal.aborted) {
        const told = new Promise<void>((resolve) => {
          tell = resolve
        })
        if (waiting.size === 0) {
          if (await isSilent(told)) await stream.write(': still here\n\n')
        } else if (waiting.size > MOST_WAITING) {
          waiting.clear()
          await send('reset', null)
          await pause(RESET_PAUSE_MS, over.signal)
        } else {
          for (const row of await Promise.all(taken(waiting).map(executions.getRow)))
            if (row !== null) await send('changed', row)
          await pause(PAUSE_MS, over.signal)
        }
      }
    } finally {
      unwatch()
      stopping.removeEventListener('abort', end)
    }
  })
}

/** Numbers rise from one process to the next, so that a reader can tell what it has. */
function createSender(stream: SSEStreamingApi) {
  let number = Date.now()
  return (kind: 'changed' | 'reset', data: unknown) => {
    const at = new Date().toISOString()
    number++
    return stream.writeSSE({ id: String(number), event: kind, data: toJson({ number, kind, at, data }) })
  }
}

function taken(waiting: Set<string>): string[] {
  const ids = [...waiting].slice(0, MOST_ROWS)
  for (const id of ids) waiting.delete(id)
  return ids
}

/** Resolves with true where nothing was told in time. */
function isSilent(told: Promise<void>): Promise<boolean> {
  return new Promise((resolve) => {
    const timer = setTimeout(() => resolve(true), HEARTBEAT_MS)
    told.then(() => {
      clearTimeout(timer)
      resolve(false)
    })
  })
}

function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const end = () => {
      clearTimeout(timer)
      signal.removeEventListener('abort', end)
      resolve()
    }
    const timer = setTimeout(end, ms)
    signal.addEventListener('abort', end)
  })
}
