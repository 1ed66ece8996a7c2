import { json } from '../answer.ts'
import type { ApiRequest } from '../operations.ts'
import { problem } from '../problem.ts'

/** The process answers. */
export function livez({ context }: ApiRequest): Response {
  return context.json({ status: 'ok' })
}

/** Polls can be taken and kept. */
export function readyz({ context, engine }: ApiRequest): Response {
  if (engine.isReady()) return context.json({ status: 'ok' })
  return problem(context, {
    status: 503,
    kind: 'not-ready',
    title: 'The store cannot be written, or it stops',
  })
}

/** `GET /metrics`, in the text format of Prometheus. */
export async function metricsText({ context, metrics }: ApiRequest): Promise<Response> {
  const headers = { 'content-type': 'text/plain; version=0.0.4; charset=utf-8', 'cache-control': 'no-store' }
  return context.body(await metrics.text(), 200, headers)
}

/** `GET /health`: how it goes, for a person. */
export async function health({ metrics }: ApiRequest): Promise<Response> {
  return json(await metrics.health())
}
