import type { IncomingMessage, ServerResponse } from 'node:http'
import { setTimeout as sleep } from 'node:timers/promises'
import { gzipSync } from 'node:zlib'

/** What can go wrong between a server and its client. */
export type Fault =
  /** The connection is reset without an answer. */
  | 'reset'
  /** Nothing is ever answered. */
  | 'hang'
  /** The head promises more bytes than come. */
  | 'truncate'
  /** A byte now and then, without an end. */
  | 'drip'
  /** 200 KB of gzip that hold 200 MB. */
  | 'gzip-bomb'
  /** A redirect to itself. */
  | 'redirect-loop'
  /** A page for people, with 200. */
  | 'html-login'

export type ServerAnswer =
  | Fault
  | {
      /** 200 by default. */
      readonly status?: number
      readonly headers?: Readonly<Record<string, string | string[]>>
      /** Sent as JSON, with its Content-Type. */
      readonly json?: unknown
      /** Sent as it is. */
      readonly body?: string | Buffer
    }

/** Answers one request as the script says, faults included. */
export async function sendAnswer(
  answer: ServerAnswer,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  if (typeof answer === 'string') return FAULTS[answer](request, response)
  const { status = 200, headers = {}, json, body = '' } = answer
  if (json === undefined) response.writeHead(status, headers).end(body)
  else
    response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(json))
}

const DRIP_MS = 20
const BOMB_BYTES = 200 * 1024 * 1024

const FAULTS: Readonly<Record<Fault, (request: IncomingMessage, response: ServerResponse) => Promise<void>>> =
  {
    async reset(request) {
      request.socket.resetAndDestroy()
    },
    async hang() {},
    async truncate(request, response) {
      response.writeHead(200, { 'content-type': 'application/json', 'content-length': '1000' })
      response.write('{"status":"FINI', () => request.socket.destroy())
    },
    async drip(_, response) {
      response.writeHead(200, { 'content-type': 'application/json' })
      while (!response.destroyed) {
        response.write(' ')
        await sleep(DRIP_MS)
      }
    },
    async 'gzip-bomb'(_, response) {
      bomb ??= gzipSync(Buffer.alloc(BOMB_BYTES))
      response.writeHead(200, { 'content-type': 'application/json', 'content-encoding': 'gzip' }).end(bomb)
    },
    async 'redirect-loop'(request, response) {
      response.writeHead(302, { location: request.url ?? '/' }).end()
    },
    async 'html-login'(_, response) {
      response
        .writeHead(200, { 'content-type': 'text/html' })
        .end('<html><form action="/login"></form></html>')
    },
  }

let bomb: Buffer | null = null
