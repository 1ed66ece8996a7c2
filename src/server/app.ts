import { Hono, type MiddlewareHandler } from 'hono'
import { type AccessRules, admit, refuseForeignHost } from './access.ts'
import { OPERATIONS, type Services } from './operations.ts'
import type { Page } from './page.ts'
import { type Problem, problem, problemOf } from './problem.ts'

export interface AppOptions {
  readonly services: Services
  readonly access: AccessRules
  readonly stopping: AbortSignal
  /** Null where it was not built. */
  readonly page: Page | null
  /** Hears of defects, whose text no caller is told. */
  readonly onProblem: (error: unknown) => void
}

const NOBODY = { name: 'nobody', role: 'viewer' } as const

/** The API: every route comes from the table of operations. */
export function createApp({ services, access, stopping, page, onProblem }: AppOptions): Hono {
  const app = new Hono()
  app.use(async (context, next) => {
    if (stopping.aborted) return problem(context, STOPPING)
    refuseForeignHost(context, access)
    context.header('x-content-type-options', 'nosniff')
    await next()
  })
  for (const { method, path, role, handle } of OPERATIONS) {
    app[method](path, measured(method, path, services), (context) => {
      const caller = role === 'anybody' ? NOBODY : admit(context, role, access)
      return handle({ ...services, context, caller, stopping, operations: OPERATIONS })
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

/** Counts what is answered. An error has become its answer once `next` resolves. */
function measured(method: string, route: string, { metrics, log }: Services): MiddlewareHandler {
  const verb = method.toUpperCase()
  return async (context, next) => {
    const from = performance.now()
    await next()
    const durationMs = performance.now() - from
    const code = context.res.status
    metrics.answered({ method: verb, route, code, durationMs })
    log('debug', 'request', `${verb} ${route} ${code}`, { method: verb, route, code, durationMs })
  }
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
