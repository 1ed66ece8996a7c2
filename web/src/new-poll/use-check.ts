import { useEffect, useState } from 'react'
import type { Trial } from '../api/polls.ts'
import type { Variable } from '../api/variables.ts'
import type { Problems } from './check.ts'
import { type Draft, taskOf } from './draft.ts'

const NO_HINTS = { success: [], failure: [] }

type Check = typeof import('./check.ts')

interface Checking {
  readonly draft: Draft
  readonly trial: Trial | null
  /** Null until they are known. */
  readonly variables: readonly Variable[] | null
}

/** The server's own checks, loaded once the form is shown. */
export function useCheck({ draft, trial, variables }: Checking) {
  const [check, setCheck] = useState<Check | null>(null)
  // biome-ignore lint/correctness/useExhaustiveDependencies: what changes is when it is tried again.
  useEffect(() => {
    // Without it the server checks; the next letter tries again.
    if (check === null)
      import('./check.ts').then(
        (loaded) => setCheck(() => loaded),
        () => {},
      )
  }, [check, draft])
  const problems: Problems = check === null ? {} : check.checkTask(taskOf(draft), variables)
  const judged = (source: string) =>
    check === null || trial === null ? null : check.judgeCondition(source, trial)
  const hints = check?.hintsOf(draft, trial) ?? NO_HINTS
  return { isLoaded: check !== null, problems, judged, hints }
}
