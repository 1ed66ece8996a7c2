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
