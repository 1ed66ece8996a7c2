import { parseJson, toJson } from '../../core/json.ts'
import { pendingExchanges } from '../../pipeline/exchanges.ts'
import { isEnded, type RunState } from '../../pipeline/run-state.ts'
import type { RunContext } from '../../pipeline/scope.ts'
import type { Sealer } from '../embedded/sealer.ts'
import {
  type ExecutionSources,
  executionContext,
  type FoundContext,
  foundContext,
} from '../execution-context.ts'
import type { MovedExecution } from '../moved-run.ts'
import { cardOf } from './poll-record.ts'
import type { EventCounts } from './slotted-events.ts'

/** All that changes of an execution beside its events, as one sealed value. */
export interface ExecutionRecord extends EventCounts {
  readonly id: string
  readonly place: number
  readonly digest: string
  readonly run: RunState
  /** It moves elsewhere, and sends nothing here from then on. */
  readonly isHeld?: boolean
  /** The invocation that carries out each exchange that the run waits for. */
  readonly flights: Readonly<Record<string, string>>
}

/** What a start hands to the execution's object. */
export interface ExecutionBeginning extends Pick<ExecutionRecord, 'id' | 'place' | 'digest'> {
  readonly sources: ExecutionSources
  readonly requestBy: string
  readonly comments: string
  readonly startedAt: number
}

/** What a move hands to the execution's object. */
export interface ExecutionAdoption {
  readonly execution: MovedExecution
  readonly place: number
  readonly now: number
}

export function sealExecution(sealer: Sealer, record: ExecutionRecord): Uint8Array {
  return sealer.sealSame(toJson(record), `execution ${record.id}`)
}

export function openExecution(sealer: Sealer, sealed: Uint8Array, id: string): ExecutionRecord {
  return parseJson(sealer.open(sealed, `execution ${id}`)) as unknown as ExecutionRecord
}

export function executionCard({ place, run, isHeld }: ExecutionRecord): string {
  const { pipeline } = run
  const status = isHeld && !isEnded(run.status) ? 'PAUSED' : run.status
  return cardOf({ place, kind: 'execution', status, pipeline, name: pipeline, origin: '' })
}

/** The exchange of that key, where the run waits for it. */
export function pendingExchange(run: RunState, key: string) {
  return pendingExchanges(run).find((exchange) => exchange.key === key) ?? null
}

export function sealSources(sealer: Sealer, sources: ExecutionSources, id: string): Uint8Array {
  return sealer.sealSame(JSON.stringify(sources), `sources ${id}`)
}

export function openSources(sealer: Sealer, sealed: Uint8Array, id: string): ExecutionSources {
  return JSON.parse(sealer.open(sealed, `sources ${id}`)) as ExecutionSources
}

const KEPT = 500

/** What executions stand on, opened and parsed once. */
export function createContexts(sealer: Sealer): (id: string, sealed: Uint8Array) => FoundContext {
  const known = new Map<string, FoundContext>()
  return (id, sealed) => {
    const found = known.get(id) ?? foundContext(contextOf, openSources(sealer, sealed, id), OPTIONS)
    known.delete(id)
    known.set(id, found)
    if (known.size > KEPT) known.delete(known.keys().next().value as string)
    return found
  }
}

const OPTIONS = { executionUrl: (id: string) => id }

/** @throws BideError where the pipelines do not fit. */
export function contextOf(sources: ExecutionSources): RunContext {
  return executionContext(sources, OPTIONS)
}
