import { Agent, type Dispatcher } from 'undici'
import { BideError } from '../../core/errors.ts'
import type { Clock } from '../effects.ts'

/** What is asked of Restate over HTTP: calls of objects at its ingress, and SQL and deployments at its admin. */
export interface RestateClient {
  /** Calls an object and gives its answer; what is called must bear being called twice. */
  call<T>(target: CallTarget, input: Uint8Array): Promise<T>
  /** Rows of Restate's tables, each as its columns' JSON. */
  sql<T>(query: string): Promise<readonly T[]>
  admin(method: 'GET' | 'POST' | 'PATCH' | 'DELETE', path: string, body?: object): Promise<unknown>
  close(): Promise<void>
}

export interface CallTarget {
  readonly object: string
  readonly key: string
  readonly handler: string
}

export interface RestateAddresses {
  /** Ingress of each node; the next one is tried where one does not answer. */
  readonly ingress: readonly string[]
  readonly admin: readonly string[]
}

/** So long a caller waits for a cluster that changes its leader. */
const TRY_FOR_MS = 15_000
const FIRST_PAUSE_MS = 50
const LONGEST_PAUSE_MS = 1000
const ONE_TRY_MS = 60_000

export function createRestateClient(addresses: RestateAddresses, clock: Clock): RestateClient {
  const agent = new Agent({ connections: 128, headersTimeout: ONE_TRY_MS, bodyTimeout: ONE_TRY_MS })
  const turn = { ingress: 0, admin: 0 }

  const once = async (door: keyof RestateAddresses, request: Request): Promise<Uint8Array> => {
    const base = addresses[door][turn[door] % addresses[door].length] as string
    const { path, ...rest } = request
    const { statusCode, body } = await agent.request({ ...rest, origin: new URL(base).origin, path })
    const answer = new Uint8Array(await body.arrayBuffer())
    if (statusCode < 300) return answer
    const text = Buffer.from(answer).toString().slice(0, 300)
    throw new RefusedError(statusCode, `Restate answered ${statusCode} to ${request.method} ${path}: ${text}`)
  }
  const send = async (door: keyof RestateAddresses, request: Request): Promise<Uint8Array> => {
    const until = clock.now() + TRY_FOR_MS
    for (let pause = FIRST_PAUSE_MS; ; pause = Math.min(2 * pause, LONGEST_PAUSE_MS)) {
      try {
        return await once(door, request)
      } catch (cause) {
        const isFinal = cause instanceof RefusedError && !PASSING.has(cause.status)
        if (isFinal || clock.now() + pause > until) throw unreachable(addresses[door], cause as Error)
        turn[door]++
        await clock.sleepUntil(clock.now() + pause, null)
      }
    }
  }
  return {
    async call<T>({ object, key, handler }: CallTarget, input: Uint8Array) {
      const path = `/${object}/${encodeURIComponent(key)}/${handler}`
      const headers = { 'content-type': 'application/octet-stream' }
      const answer = await send('ingress', { method: 'POST', path, headers, body: input })
      return (answer.length === 0 ? null : JSON.parse(Buffer.from(answer).toString())) as T
    },
    async sql<T>(query: string) {
      const body = JSON.stringify({ query })
      const request = { method: 'POST', path: '/query', headers: JSON_HEADERS, body } as const
      // Rows come in several writes, and on a connection that has been used the last of them may wait 40 ms for an
      // acknowledgment that the system delays.
      const answer = await send('admin', { ...request, reset: true })
      return (JSON.parse(Buffer.from(answer).toString()) as { rows: T[] }).rows
    },
    async admin(method, path, body) {
      const request = { method, path, headers: JSON_HEADERS, ...(body && { body: JSON.stringify(body) }) }
      const answer = await send('admin', request)
      return answer.length === 0 ? null : JSON.parse(Buffer.from(answer).toString())
    },
    close: () => agent.destroy(),
  }
}

type Request = Pick<Dispatcher.RequestOptions, 'method' | 'path' | 'headers' | 'body' | 'reset'>

const JSON_HEADERS = { 'content-type': 'application/json', accept: 'application/json' }

/** Answers of a node that is about to be well again, or to be another's task. */
const PASSING = new Set([408, 425, 429, 500, 502, 503, 504])

class RefusedError extends Error {
  readonly status: number

  constructor(status: number, message: string) {
    super(message)
    this.name = 'RefusedError'
    this.status = status
  }
}

function unreachable(tried: readonly string[], cause: Error): BideError {
  if (cause instanceof RefusedError) return new BideError('store', cause.message, { cause })
  return new BideError('store', `Restate cannot be reached at ${tried.join(', ')}: ${cause.message}`, {
    cause,
    hint: 'start it, for a trial by bide cluster up, and name its addresses by --restate-url and --restate-admin-url',
  })
}

/** A text in SQL. */
export function quoted(text: string): string {
  return `'${text.replaceAll("'", "''")}'`
}
