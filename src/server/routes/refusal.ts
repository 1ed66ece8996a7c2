import type { SubmitResult } from '../../engine/engine.ts'
import type { StartResult } from '../../engine/executions.ts'
import type { Problem } from '../problem.ts'

/** Why a submission was not taken; null where it was. */
export function refusalOf(result: SubmitResult | StartResult): Problem | null {
  switch (result.kind) {
    case 'key-reused':
      return KEY_REUSED
    case 'full':
      return { ...FULL, detail: `At most ${result.limit} may wait at a time.` }
    case 'no-room':
      return {
        ...NO_ROOM,
        detail: `What is kept has ${result.bytes} bytes; --max-store-bytes is ${result.limit}.`,
      }
    default:
      return null
  }
}

const KEY_REUSED: Problem = {
  status: 422,
  kind: 'idempotency-key-reused',
  title: 'This Idempotency-Key was used with another body',
}
const FULL: Problem = { status: 429, kind: 'too-many-polls', title: 'Too many polls wait' }
const NO_ROOM: Problem = { status: 507, kind: 'store-full', title: 'The store has no room for more' }
