import { parseJson, toJson } from '../../core/json.ts'
import { isEnded, type RunState } from '../../pipeline/run-state.ts'
import type { RunContext } from '../../pipeline/scope.ts'
import type { EventCounts, Store, StoredRun } from '../../store/store.ts'
import {
  type ContextOptions,
  type ExecutionSources,
  executionContext,
  type FoundContext,
  foundContext,
} from '../execution-context.ts'
import { nextAt } from '../execution-view.ts'
import type { Standing } from './keeper.ts'
import type { Sealer } from './sealer.ts'

/** An execution in memory. */
export interface KeptExecution extends FoundContext {
  readonly id: string
  /** It was moved elsewhere, and does nothing here until it is resumed. */
  readonly isHeld: boolean
  run: RunState
  lastEvent: number
  folded: number
  endsFolding: boolean
}

export interface KeptExecutions {
  load(id: string): Promise<KeptExecution | null>
  /** What is kept of one, decrypted. */
  open(stored: StoredRun & Partial<EventCounts>): KeptExecution
  /** @throws BideError where the definition does not fit. */
  contextOf(sources: ExecutionSources): RunContext
}

/** Contexts that stay: executions of the same definition, values and inputs share theirs. */
const CONTEXTS = 100

export function createKeptExecutions(store: Store, sealer: Sealer, options: ContextOptions): KeptExecutions {
  const contexts = new Map<string, RunContext>()
  const contextOfText = (text: string, sources: ExecutionSources): RunContext => {
    const context = contexts.get(text) ?? executionContext(sources, options)
    contexts.delete(text)
    contexts.set(text, context)
    if (contexts.size > CONTEXTS) contexts.delete(contexts.keys().next().value as string)
    return context
  }
  const open: KeptExecutions['open'] = ({ id, status, task, state, ...counts }) => {
    const { lastEvent = 0, folded = 0, endsFolding = false } = counts
    const text = sealer.open(task, `task ${id}`)
    const sources = JSON.parse(text) as ExecutionSources
    const found = foundContext((from) => contextOfText(text, from), sources, options)
    const run = parseJson(sealer.open(state, `state ${id}`)) as unknown as RunState
    const isHeld = status === HELD.status && run.status !== HELD.status
    return { id, ...found, isHeld, run, lastEvent, folded, endsFolding }
  }
  return {
    open,
    contextOf: (sources) => contextOfText(sourcesText(sources), sources),
    async load(id) {
      const stored = await store.get(id)
      return stored?.kind === 'execution' ? open(stored) : null
    },
  }
}

/** What an execution stands on, as text. */
export function sourcesText({ pipeline, sources, variables, input }: ExecutionSources): string {
  return JSON.stringify({ pipeline, sources, variables, input })
}

interface NewRun extends Pick<StoredRun, 'id' | 'createdAt'> {
  readonly sources: ExecutionSources
  readonly run: RunState
}

/** An execution as it is taken into a store. */
export function storedExecution({ id, createdAt, sources, run }: NewRun, sealer: Sealer): StoredRun {
  const { state, ...standing } = standingOf(run)
  return {
    id,
    kind: 'execution',
    name: run.pipeline,
    origin: '',
    executionIndex: run.executionIndex,
    createdAt,
    ...standing,
    task: sealer.seal(sourcesText(sources), `task ${id}`),
    state: sealer.seal(state, `state ${id}`),
  }
}

/** How an execution stands for the store that was moved elsewhere, whatever its state says. */
export const HELD = { status: 'PAUSED', dueAt: null } as const

/** How an execution stands, for the store. */
export function standingOf(run: RunState): Standing {
  return {
    status: run.status,
    dueAt: nextAt(run),
    endedAt: isEnded(run.status) ? run.endedAt : null,
    state: toJson(run),
  }
}
