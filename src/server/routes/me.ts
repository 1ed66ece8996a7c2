import type { ApiRequest } from '../operations.ts'

/** `GET /me`: who the caller is here, so that a page offers only what it may do. */
export function me({ context, caller }: ApiRequest): Response {
  return context.json({ name: caller.name, role: caller.role }, 200, { 'cache-control': 'no-store' })
}
