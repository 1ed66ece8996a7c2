import { Hono } from 'hono'
import type { Engine } from '../engine/engine.ts'
import type { EgressGuard } from '../http/egress.ts'
import { type AccessRules, admit, refuseForeignHost } from './access.ts'
import { OPERATIONS } from './operations.ts'
import type { Page } from './page.ts'
import { type Problem, problem, problemOf } from './problem.ts'

export interface AppOptions {
  readonly engine: Engine
  readonly egress: EgressGuard
  readonly access: AccessRules
  readonly stopping: AbortSignal
  /** Null where it was not built. */
  readonly page: Page | null
  /** Hears of defects, whose text no caller is told. */
  readonly onProblem: (error: unknown) => void
}

const NOBODY = { name: 'nobody', role: 'viewer' } as const

/** The API: every route comes from the table of operations. */
export function createApp({ engine, egress, access, stopping, page, onProblem }: AppOptions): Hono {
  const app = new Hono()
  app.use(async (context, next) => {
    if (stopping.aborted) return problem(context, STOPPING)
    refuseForeignHost(context, access)
    context.header('x-content-type-options', 'nosniff')
    await next()
  })
  for (const { method, path, role, handle } of OPERATIONS) {
    app[method](path, (context) => {
      const caller = role === 'anybody' ? NOBODY : admit(context, role, access)
      return handle({ context, caller, engine, egress, stopping, operations: OPERATIONS })
    })
  }
  for (const path of new Set(OPERATIONS.map((operation) => operation.path))) {
    const methods = OPERATIONS.filter((one) => one.path === path).map(({ method }) => method.toUpperCase())
    app.all(path, (context) => problem(context, { ...WRONG_METHOD, headers: { allow: methods.join(', ') } }))
  }
  app.notFound((context) => page?.(context.req.path, context.req.raw) ?? problem(context, NOTHING_HERE))
  app.onError((error, context) => {
    const known = problemOf(error)
    if (known === null) onProblem(error)
    return problem(context, known ?? DEFECT)
  })
  return app
}

const STOPPING: Problem = {
  status: 503,
  kind: 'stopping',
  title: 'The server stops',
  headers: { connection: 'close' },
}
const WRONG_METHOD: Problem = { status: 405, kind: 'wrong-method', title: 'Not by this method' }
const NOTHING_HERE: Problem = { status: 404, kind: 'not-found', title: 'There is nothing here' }
const DEFECT: Problem = { status: 500, kind: 'defect', title: 'A defect of bide; its log says more' }
