import { mkdtempSync, rmSync } from 'node:fs'
import { request } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll } from 'vitest'
import { type JobServer, jobServer } from '../testing/job-server.ts'
import { type RunningServer, type ServerOptions, startServer } from './server.ts'
import { createAnswerCheck } from './test-answers.ts'

/** Servers of a test file, each in a data folder of its own and stopped after its test; and one that runs fake jobs. */
export function serversForTests() {
  const folder = mkdtempSync(join(tmpdir(), 'bide-server-'))
  const started: RunningServer[] = []
  let far: JobServer
  let folders = 0
  const stopAll = async () => {
    await Promise.all(started.splice(0).map((server) => server.stop(0)))
  }
  beforeAll(async () => {
    far = await jobServer()
  })
  afterAll(async () => {
    await far.close()
    rmSync(folder, { recursive: true, force: true })
  })
  afterEach(stopAll)
  return {
    folder,
    far: () => far,
    stopAll,
    async start(changed: Partial<ServerOptions> = {}): Promise<RunningServer> {
      const server = await startServer({
        port: 0,
        host: '127.0.0.1',
        dataFolder: join(folder, `data-${++folders}`),
        keyFile: null,
        tokensFile: null,
        allowHosts: [],
        egress: { mode: 'internal', allow: ['127.0.0.1'], deny: [] },
        log: () => {},
        onProblem: (error) => {
          throw error
        },
        ...changed,
      })
      started.push(server)
      return server
    },
  }
}

const checkAnswer = createAnswerCheck()

type Init = Omit<RequestInit, 'body'> & { readonly body?: unknown }
/** Asks the API under `/api/v1`, and holds the answer to the API's document. */
export async function ask(server: RunningServer, path: string, { body, headers, ...init }: Init = {}) {
  const response = await fetch(`${server.url}/api/v1${path}`, {
    ...init,
    headers: {
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      ...(headers as object),
    },
    ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
  })
  const text = await response.text()
  checkAnswer({
    method: init.method ?? 'GET',
    path: `/api/v1${path.replace(/\?.*/, '')}`,
    status: response.status,
    type: response.headers.get('content-type'),
    text,
  })
  return {
    status: response.status,
    headers: response.headers,
    text,
    json: text === '' ? null : JSON.parse(text),
  }
}
export const post = (server: RunningServer, path: string, body?: unknown, headers: object = {}) =>
  ask(server, path, { method: 'POST', body, headers: headers as Record<string, string> })

export const FINISHED = { success: 'status == "FINISHED"', failure: 'status == "FAILED"' }
export const quick = (url: string) => ({ url, exitCriteria: FINISHED, pollIntervalSeconds: 0.01 })
export const slow = (url: string) => ({ ...quick(url), pollIntervalSeconds: 3600 })

/** fetch may not set Host or Sec-Fetch-Site. */
export function statusOf(url: string, options: object, body?: Buffer): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    const sent = request(url, options, (response) => {
      response.resume()
      resolve(response.statusCode)
    })
    sent.on('error', reject)
    sent.end(body)
  })
}
