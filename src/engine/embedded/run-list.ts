import type { KeptRun, Store } from '../../store/store.ts'
import type { ExecutionEngine } from '../engine.ts'
import { executionRow } from '../execution-view.ts'
import type { RunRow } from '../executions.ts'
import { pollRow } from '../poll-row.ts'
import type { KeptExecutions } from './kept-executions.ts'
import { unsealed } from './kept-polls.ts'
import type { Sealer } from './sealer.ts'

/** A search that finds little looks through so many parts of the store, then shows what it has. */
const MOST_PARTS = 25

interface RunListParts {
  readonly store: Store
  readonly sealer: Sealer
  readonly executions: KeptExecutions
}

/** Polls and executions as the lines of one list. */
export function createRunList({
  store,
  sealer,
  executions,
}: RunListParts): Pick<ExecutionEngine, 'listRuns' | 'getRow'> {
  const row = (stored: KeptRun): RunRow => {
    if (stored.kind === 'poll') return pollRow(unsealed(stored, sealer))
    return executionRow(executions.open(stored))
  }
  return {
    async getRow(id) {
      const stored = await store.get(id)
      return stored && row(stored)
    },
    async listRuns({ before, limit, ...filter }) {
      const runs: RunRow[] = []
      let next = before
      for (let part = 0; part < MOST_PARTS; part++) {
        const found = await store.list({ ...filter, before: next, limit: limit - runs.length })
        runs.push(...found.runs.map(row))
        next = found.next
        if (next === null || runs.length === limit) break
      }
      return { runs, next }
    },
  }
}
