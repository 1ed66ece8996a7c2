import { streamSSE } from 'hono/streaming'
import type { StoredEvent } from '../../store/store.ts'
import type { ApiRequest } from '../operations.ts'
import { NO_SUCH_POLL, type Problem, ProblemError, problem } from '../problem.ts'
import { executionEngine } from './execution-engine.ts'
import { NO_SUCH_EXECUTION } from './executions.ts'

/** A comment now and then shows proxies that the stream lives. */
const HEARTBEAT_MS = 15_000
const PAGE = 100

/**
 * `GET /polls/{id}/events`: what happened and happens to a poll, as server-sent events. They are numbered and
 * read from the store, so whoever comes back with `Last-Event-ID` misses nothing but attempts that were folded, whose
 * number the next event says. Ends with the poll; 204
 * where nothing more will come, which tells a browser not to come back.
 */
export function pollEvents(request: ApiRequest): Promise<Response> {
  return runEvents(request, { read: request.engine.get, unknown: NO_SUCH_POLL })
}

/** `GET /executions/{id}/events`: the same of an execution. */
export function executionEvents(request: ApiRequest): Promise<Response> {
  return runEvents(request, { read: executionEngine(request).get, unknown: NO_SUCH_EXECUTION })
}

interface RunsOfKind {
  /** Null where there is none of that id. */
  read(id: string): Promise<{ readonly endedAt: string | null } | null>
  readonly unknown: Problem
}

async function runEvents(
  { context, engine, stopping }: ApiRequest,
  { read: readRun, unknown }: RunsOfKind,
): Promise<Response> {
  const id = context.req.param('id') as string
  const read = (after: number) => engine.events(id, { after, limit: PAGE, kind: null })
  let last = lastEventId(context.req.header('last-event-id') ?? context.req.query('after'))
  const first = await read(last)
  const run = await readRun(id)
  if (first === null || run === null) return problem(context, unknown)
  if (first.length === 0 && run.endedAt !== null) return context.body(null, 204)

  return streamSSE(context, async (stream) => {
    let isOver = false
    let tell = () => {}
    const end = () => {
      isOver = true
      tell()
    }
    const unwatch = engine.watch(id, () => tell())
    stream.onAbort(end)
    stopping.addEventListener('abort', end, { once: true })
    try {
      while (!isOver && !stopping.aborted) {
        const told = new Promise<void>((resolve) => {
          tell = resolve
        })
        const events = (await read(last)) ?? []
        for (const event of events) {
          await stream.writeSSE({ id: String(event.number), event: event.kind, data: dataOf(event, last) })
          last = event.number
          if (event.kind === 'ended') return
        }
        if (events.length === 0 && !isOver && (await beats(told))) await stream.write(': still here\n\n')
      }
    } finally {
      unwatch()
      stopping.removeEventListener('abort', end)
    }
  })
}

/** Resolves with true where nothing was told in time. */
function beats(told: Promise<void>): Promise<boolean> {
  return new Promise((resolve) => {
    const timer = setTimeout(() => resolve(true), HEARTBEAT_MS)
    told.then(() => {
      clearTimeout(timer)
      resolve(false)
    })
  })
}

/** `folded` is how many are missing between this event and the one that was sent before. */
function dataOf({ number, kind, at, data }: StoredEvent, before: number): string {
  const folded = number - before - 1
  return `{"number":${number},"kind":${JSON.stringify(kind)},"at":"${new Date(at).toISOString()}","folded":${folded},"data":${data}}`
}

function lastEventId(text: string | undefined): number {
  if (text === undefined || text === '') return 0
  if (/^\d{1,15}$/.test(text)) return Number(text)
  throw new ProblemError({
    status: 400,
    kind: 'invalid-query',
    title: 'Last-Event-ID is the number of an event',
  })
}
