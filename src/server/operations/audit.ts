import * as v from 'valibot'
import type { Operation } from '../operations.ts'
import { listAudit } from '../routes/audit.ts'
import { instantSchema, nextSchema, PAGE_PARAMETERS, said } from '../schemas/common.ts'

const entrySchema = v.object({
  at: instantSchema,
  who: said('The name of the caller.', v.string()),
  role: v.string(),
  what: said('As in `POST /polls/{id}/cancel`.', v.string()),
  which: said('The id or the name of what was changed; null where it has none.', v.nullable(v.string())),
})

export const AUDIT_OPERATIONS: readonly Operation[] = [
  {
    method: 'get',
    path: '/api/v1/audit',
    role: 'admin',
    handle: listAudit,
    summary: 'Who changed what, newest first',
    description:
      'Every change of state that a caller has asked for and got. Kept as long as runs that have ended.',
    query: PAGE_PARAMETERS,
    answers: {
      200: { says: 'A page.', schema: v.object({ entries: v.array(entrySchema), next: nextSchema }) },
    },
    problems: [400],
  },
]
