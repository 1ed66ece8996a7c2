import type { Role } from '../../../src/server/tokens.ts'
import { useCaller } from './polls.ts'

const RANKS: Readonly<Record<Role, number>> = { viewer: 0, runner: 1, editor: 2, admin: 3 }

/** True where the caller may do what needs that role; what it may not is not offered. */
export function useMay(needed: Role): boolean {
  const caller = useCaller().data
  return caller !== undefined && RANKS[caller.role] >= RANKS[needed]
}
