import { randomUUID } from 'node:crypto'
import { createServer, type IncomingMessage, type Server } from 'node:http'
import type { AddressInfo, Socket } from 'node:net'
import { type ServerAnswer, sendAnswer } from './server-answer.ts'

export interface JobOptions {
  /** What its tracker calls it: `Image enumeration` by default. */
  readonly name?: string
  /** Answers before the end: 3 by default. */
  readonly polls?: number
  /** How it ends: `FINISHED` by default; `never` stays `INPROGRESS`. */
  readonly end?: 'FINISHED' | 'FAILED' | 'never'
  /** What the first answers are instead, such as `{ status: 503 }` or `'reset'`. */
  readonly first?: readonly ServerAnswer[]
}

export interface ReceivedRequest {
  readonly method: string
  /** Path and query. */
  readonly url: string
  readonly headers: IncomingMessage['headers']
  readonly body: string
}

export interface JobServer {
  /** `http://127.0.0.1:<port>`. */
  readonly url: string
  /** Every request so far, in order. */
  readonly requests: readonly ReceivedRequest[]
  /** Starts a fake job; the URL of its tracker. */
  job(options?: JobOptions): string
  /** Scripts a path: the answers in turn, the last one repeats. Its URL. */
  route(path: string, ...answers: ServerAnswer[]): string
  close(): Promise<void>
}

/**
 * A real server on 127.0.0.1 that runs fake jobs, as a provisioning API does.
 *
 * - `POST` to any path under `/iaas/api/` starts a job (JSON body: `JobOptions`) and answers 202 with its tracker.
 * - `GET /iaas/api/request-tracker/<id>` answers `{progress, status, name, id, selfLink, message, resources}`.
 * - `GET /resources/<id>` answers 200 until it has been deleted and asked for twice more, then 404.
 * - `GET /health/<id>` flaps (200, 503, 200), then stays green.
 */
export async function jobServer(options: { port?: number } = {}): Promise<JobServer> {
  const requests: ReceivedRequest[] = []
  const routes = new Map<string, Route>()
  const sockets = new Set<Socket>()
  const server = createServer(async (request, response) => {
    const received = { method: request.method ?? '', url: request.url ?? '', headers: request.headers }
    const body = await textOf(request)
    requests.push({ ...received, body })
    const answer = answerTo({ routes, method: received.method, path: received.url.split('?')[0]!, body })
    await sendAnswer(answer, request, response)
  })
  server.on('connection', (socket) => {
    sockets.add(socket)
    socket.on('close', () => sockets.delete(socket))
  })
  await listen(server, options.port ?? 0)
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  return {
    url,
    requests,
    job: (job = {}) => url + addJob(routes, job).selfLink,
    route(path, ...answers) {
      routes.set(path, inTurn(answers))
      return url + path
    },
    close() {
      for (const socket of sockets) socket.destroy()
      return new Promise((resolve) => server.close(() => resolve()))
    },
  }
}

type Route = (method: string) => ServerAnswer

interface Asked {
  readonly routes: Map<string, Route>
  readonly method: string
  readonly path: string
  readonly body: string
}

function answerTo({ routes, method, path, body }: Asked): ServerAnswer {
  const route = routes.get(path)
  if (route) return route(method)
  if (method === 'POST' && path.startsWith('/iaas/api/')) {
    const options = body.trim() === '' ? {} : parseOptions(body)
    return options === null
      ? { status: 400, json: { message: 'the body is not JSON' } }
      : { status: 202, json: addJob(routes, options) }
  }
  if (path.startsWith('/resources/')) return kept(routes, path, deletable())(method)
  if (path.startsWith('/health/')) return kept(routes, path, flapping())(method)
  return { status: 404, json: { message: `nothing at ${path}` } }
}

function addJob(routes: Map<string, Route>, options: JobOptions) {
  const { name = 'Image enumeration', polls = 3, end = 'FINISHED', first = [] } = options
  const id = randomUUID()
  const selfLink = `/iaas/api/request-tracker/${id}`
  const tracker = (step: number) => trackerOf({ name, id, selfLink, step, polls, end })
  const scripted = inTurn([
    ...first,
    ...Array.from({ length: polls + 1 }, (_, i) => ({ json: tracker(i + 1) })),
  ])
  routes.set(selfLink, scripted)
  return tracker(0)
}

interface Step {
  readonly name: string
  readonly id: string
  readonly selfLink: string
  readonly step: number
  readonly polls: number
  readonly end: 'FINISHED' | 'FAILED' | 'never'
}

function trackerOf({ name, id, selfLink, step, polls, end }: Step) {
  const isOver = step > polls && end !== 'never'
  return {
    progress: isOver && end === 'FINISHED' ? 100 : Math.min(99, Math.floor((100 * step) / (polls + 1))),
    status: isOver ? end : 'INPROGRESS',
    name,
    id,
    selfLink,
    message: isOver ? `${name} ${end.toLowerCase()}` : `Region ${step} of ${polls + 1}`,
    resources: isOver && end === 'FINISHED' ? [`/iaas/api/images/${id}`] : [],
  }
}

function deletable(): Route {
  let remaining: number | null = null
  return (method) => {
    if (method === 'DELETE') remaining ??= 2
    if (remaining === null) return { json: { status: 'ACTIVE' } }
    if (method === 'DELETE') return { status: 202, json: { status: 'DELETING' } }
    return remaining-- > 0 ? { json: { status: 'DELETING' } } : { status: 404, json: { message: 'gone' } }
  }
}

function flapping(): Route {
  return inTurn([
    { json: { status: 'UP' } },
    { status: 503, json: { status: 'DOWN' } },
    { json: { status: 'UP' } },
  ])
}

function inTurn(answers: readonly ServerAnswer[]): Route {
  let next = 0
  return () => answers[Math.min(next++, answers.length - 1)] ?? { status: 404 }
}

function kept(routes: Map<string, Route>, path: string, route: Route): Route {
  routes.set(path, route)
  return route
}

function parseOptions(body: string): JobOptions | null {
  try {
    return JSON.parse(body) as JobOptions
  } catch {
    return null
  }
}

async function textOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = []
  for await (const chunk of request) chunks.push(chunk as Buffer)
  return Buffer.concat(chunks).toString()
}

function listen(server: Server, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, '127.0.0.1', () => resolve())
  })
}
