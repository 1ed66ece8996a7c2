import { json } from '../answer.ts'
import type { ApiRequest } from '../operations.ts'
import { pageLimit, wholeNumber } from './query.ts'

/** `GET /audit`: who changed what, newest first. */
export async function listAudit({ context, audit }: ApiRequest): Promise<Response> {
  const limit = pageLimit(context)
  const found = await audit.list({ before: wholeNumber(context, 'cursor', 1), limit: limit + 1 })
  const rows = found.slice(0, limit)
  const next = found.length > limit ? String(rows.at(-1)?.place) : null
  return json({
    entries: rows.map(({ at, who, role, what, which }) => ({
      at: new Date(at).toISOString(),
      who,
      role,
      what,
      which,
    })),
    next,
  })
}
