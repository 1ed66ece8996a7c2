import { startRun } from '../../pipeline/run.ts'
import type { Effects } from '../effects.ts'
import type { Sealer } from '../embedded/sealer.ts'
import type { ExecutionEngine } from '../engine.ts'
import { findTaskAttempt, taskAttemptView } from '../execution-attempt.ts'
import { executionRow, executionView } from '../execution-view.ts'
import type { NewExecution, RunRow, StartResult } from '../executions.ts'
import { pollRow } from '../poll-row.ts'
import { beginRun } from './begin-run.ts'
import type { BegunExecution, ExecutionOrder } from './execution-object.ts'
import { contextOf, type ExecutionBeginning, type ExecutionRecord } from './execution-record.ts'
import { EXECUTIONS } from './names.ts'
import type { Obeyed } from './poll-object.ts'
import type { RestateClient } from './restate-client.ts'
import { idOfKey } from './run-id.ts'
import type { RunPlace, RunReader } from './run-reader.ts'
import type { RunWatch } from './run-watch.ts'

export interface RestateExecutionsOptions {
  readonly client: RestateClient
  readonly sealer: Sealer
  readonly reader: RunReader
  readonly effects: Effects
  readonly places: { next(): number }
  readonly runWatch: RunWatch
}

/** Executions of pipelines that are in Restate. */
export function createRestateExecutions(options: RestateExecutionsOptions): ExecutionEngine {
  const { client, sealer, reader, effects, places, runWatch } = options
  const seal = (value: ExecutionBeginning | ExecutionOrder, place: string) =>
    sealer.seal(JSON.stringify(value), place)

  const rowsOf = async (found: readonly RunPlace[]): Promise<RunRow[]> => {
    const idsOf = (kind: RunPlace['kind']) => found.filter((one) => one.kind === kind).map(({ id }) => id)
    const [polls, executions] = await Promise.all([
      reader.polls(idsOf('poll')),
      reader.executions(idsOf('execution')),
    ])
    return found.flatMap(({ id }) => {
      const poll = polls.get(id)
      const execution = executions.get(id)
      if (poll) return [pollRow(poll)]
      return execution ? [executionRow(execution)] : []
    })
  }
  const begin = async (start: NewExecution): Promise<ExecutionBeginning> => {
    const { pipeline, sources, variables, input, requestBy, comments, idempotency } = start
    const standing = { pipeline, sources, variables, input }
    const id = idempotency === null ? effects.newId() : idOfKey(sealer.digest(idempotency.key))
    const digest = idempotency === null ? id : sealer.digest(idempotency.text)
    const startedAt = effects.clock.now()
    // What does not fit is said here: a worker that meets it would try for ever.
    startRun(contextOf(standing), { pipeline, executionId: id, input, requestBy, comments, now: startedAt })
    return { id, digest, place: places.next(), sources: standing, requestBy, comments, startedAt }
  }
  return {
    watchAll: runWatch.add,
    async getRow(id) {
      const both = [
        { kind: 'poll', id, place: 0 },
        { kind: 'execution', id, place: 0 },
      ] as const
      return (await rowsOf(both))[0] ?? null
    },
    async listRuns({ limit, ...query }) {
      const found = await reader.list({ ...query, limit: limit + 1 })
      const page = found.slice(0, limit)
      const next = found.length > limit ? (page.at(-1)?.place ?? null) : null
      return { runs: await rowsOf(page), next }
    },
    async start(start) {
      const beginning = await begin(start)
      const { id, digest } = beginning
      const begun = await beginRun<BegunExecution, ExecutionRecord>(
        { client, clock: effects.clock },
        {
          id,
          object: EXECUTIONS,
          sealed: seal(beginning, `begin ${id}`),
          read: async () => (await reader.execution(id))?.record ?? null,
        },
      )
      if (begun.kind === 'begun') return accepted(id, begun.answer.index)
      const { run } = begun
      if (run !== null && (run.place === beginning.place || start.idempotency === null))
        return accepted(id, run.run.executionIndex)
      return run === null ? { kind: 'key-reused' } : known(run, digest)
    },
    async get(id) {
      const found = await reader.execution(id)
      return found && executionView(found)
    },
    async attempt(id, query) {
      const found = await reader.execution(id)
      if (found === null) return null
      const attempt = await findTaskAttempt((events) => reader.events(id, events), query)
      return attempt && taskAttemptView(found.context, found.record.run, attempt)
    },
    async command(id, command, by) {
      const order = { command, by, now: effects.clock.now() }
      const target = { object: EXECUTIONS, key: id, handler: 'obey' }
      const obeyed = await client.call<Obeyed>(target, seal(order, `order ${id}`))
      if (obeyed.kind !== 'done') return obeyed
      const found = await reader.execution(id)
      if (found === null) return { kind: 'unknown' }
      return { kind: 'done', execution: executionView(found) }
    },
  }
}

function accepted(executionId: string, executionIndex: number): StartResult {
  return { kind: 'accepted', execution: { executionId, executionIndex } }
}

function known({ id, digest, run }: ExecutionRecord, asked: string): StartResult {
  return digest === asked
    ? { kind: 'repeated', execution: { executionId: id, executionIndex: run.executionIndex } }
    : { kind: 'key-reused' }
}
