import type { Context } from 'hono'
import { type Problem, ProblemError } from '../problem.ts'

const LONGEST = 255

/** The caller's own name for what is submitted; null where there is none. @throws ProblemError */
export function idempotencyKey({ req }: Context): string | null {
  const key = req.header('idempotency-key') ?? null
  if (key === '' || (key?.length ?? 0) > LONGEST) throw new ProblemError(BAD_KEY)
  return key
}

const BAD_KEY: Problem = {
  status: 400,
  kind: 'invalid-idempotency-key',
  title: `Idempotency-Key: 1 to ${LONGEST} characters`,
}
