import type { Store } from '../../store/store.ts'
import type { Effects } from '../effects.ts'
import type { MadeAttempt } from './embedded-engine.ts'
import type { Keeper } from './keeper.ts'
import type { KeptPolls } from './kept-polls.ts'
import type { Sealer } from './sealer.ts'
import type { CriteriaOf } from './shared-criteria.ts'
import type { StoreRoom } from './store-room.ts'
import type { Watchers } from './watchers.ts'

/** What the parts of the engine that change polls have in common. */
export interface SharedParts {
  readonly store: Store
  readonly sealer: Sealer
  readonly effects: Effects
  readonly criteriaOf: CriteriaOf
  readonly polls: KeptPolls
  readonly keeper: Keeper
  readonly watchers: Watchers
  readonly onAttempt: (made: MadeAttempt) => void
  readonly onProblem: (error: unknown) => void
  /** Polls that have not ended, and how many may be. */
  readonly open: { count: number; readonly limit: number }
  readonly room: StoreRoom
  /** Puts a poll on the table of due times. */
  readonly arm: Arm
}

/** What cannot be carried on by this program is looked at again after this long. */
export const DEFECT_PAUSE_MS = 60_000

export type Arm = (poll: { readonly id: string; readonly origin: string; readonly dueAt: number }) => void
