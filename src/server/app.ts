import type { IncomingMessage } from 'node:http'
import { type Context, Hono, type MiddlewareHandler } from 'hono'
import { systemClock } from '../engine/system-clock.ts'
import { type AccessRules, admit, refuseForeignHost } from './access.ts'
import { type ApiRequest, OPERATIONS, type Operation, type Services } from './operations.ts'
import type { Page } from './page.ts'
import { DEFECT, type Problem, problem, problemOf } from './problem.ts'
import type { Caller } from './tokens.ts'

export interface AppOptions {
  readonly services: Services
  readonly access: AccessRules
  readonly stopping: AbortSignal
  /** Null where it was not built. */
  readonly page: Page | null
  /** Hears of defects and of a store that fails, whose text no caller is told. */
  readonly onProblem: (error: unknown) => void
}

/** The API: every route comes from the table of operations. */
export function createApp({ services, access, stopping, page, onProblem }: AppOptions): Hono {
  const app = new Hono()
  app.use(async (context, next) => {
    if (stopping.aborted) return problem(context, STOPPING)
    refuseForeignHost(context, access)
    if (headerCount(context) > MOST_HEADERS) return problem(context, TOO_MANY_HEADERS)
    context.header('x-content-type-options', 'nosniff')
    context.header('cross-origin-resource-policy', 'same-origin')
    await next()
  })
  for (const operation of OPERATIONS) {
    const { method, path, role, handle } = operation
    app[method](path, measured(method, path, services), async (context) => {
      const caller = role === 'anybody' ? nobody(operation) : admit(context, role, access)
      const letGo = caller.released ?? stopping
      const request = { ...services, context, caller, stopping: letGo, onProblem, operations: OPERATIONS }
      const response = await handle(request)
      if (response.ok && isChange(operation)) await audited(request, operation, response).catch(onProblem)
      return response
    })
  }
  for (const path of new Set(OPERATIONS.map((operation) => operation.path))) {
    const methods = OPERATIONS.filter((one) => one.path === path).map(({ method }) => method.toUpperCase())
    app.all(path, (context) => problem(context, { ...WRONG_METHOD, headers: { allow: methods.join(', ') } }))
  }
  app.notFound((context) => page?.(context.req.path, context.req.raw) ?? problem(context, NOTHING_HERE))
  app.onError((error, context) => {
    const known = problemOf(error)
    if (known === null || known.status >= 500) onProblem(error)
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

function nobody({ actor = 'nobody' }: Operation): Caller {
  return { name: actor, role: 'viewer', released: null }
}

function isChange({ method, changesNothing }: Operation): boolean {
  return method !== 'get' && changesNothing !== true
}

/** What was changed stands in the path, or where the answer says that it is now. */
async function audited(request: ApiRequest, { method, path }: Operation, response: Response): Promise<void> {
  const { context, caller, audit, log } = request
  const template = path.replace('/api/v1', '').replaceAll(/:(\w+)/g, '{$1}')
  const what = `${method.toUpperCase()} ${template}`
  const [named] = Object.values(context.req.param())
  const made = response.headers.get('location')?.split('/').at(-1)
  const which = named ?? (made === undefined ? null : decodeURIComponent(made))
  const { name: who, role } = caller
  log('debug', 'change', `${who}: ${what}${which === null ? '' : ` (${which})`}`, { who, role, what, which })
  await audit.add({ at: systemClock.now(), who, role, what, which })
}

/** Counted where they came in: names that repeat have been put together since. */
function headerCount({ env }: Context): number {
  const { incoming } = env as { readonly incoming?: IncomingMessage }
  return (incoming?.rawHeaders.length ?? 0) / 2
}

const MOST_HEADERS = 100
const TOO_MANY_HEADERS: Problem = {
  status: 431,
  kind: 'too-many-headers',
  title: 'The request has too many headers',
  detail: `At most ${MOST_HEADERS}.`,
  headers: { connection: 'close' },
}
const STOPPING: Problem = {
  status: 503,
  kind: 'stopping',
  title: 'The server stops',
  headers: { connection: 'close' },
}
const WRONG_METHOD: Problem = { status: 405, kind: 'wrong-method', title: 'Not by this method' }
const NOTHING_HERE: Problem = { status: 404, kind: 'not-found', title: 'There is nothing here' }
