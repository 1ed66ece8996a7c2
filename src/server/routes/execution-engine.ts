import type { ExecutionEngine } from '../../engine/engine.ts'
import type { ApiRequest } from '../operations.ts'
import { ProblemError } from '../problem.ts'

/** What runs pipelines. @throws ProblemError where the server's engine does not. */
export function executionEngine({ engine }: Pick<ApiRequest, 'engine'>): ExecutionEngine {
  if (engine.executions === null) throw new ProblemError(NO_PIPELINES)
  return engine.executions
}

const NO_PIPELINES = {
  status: 501,
  kind: 'no-pipelines',
  title: 'The engine of this server runs no pipelines',
} as const
