import { setMaxListeners } from 'node:events'
import { startRun } from '../../pipeline/run.ts'
import { isEnded, type RunState } from '../../pipeline/run-state.ts'
import { pipelineOf } from '../../pipeline/scope.ts'
import type { Idempotency, Submission } from '../../store/store.ts'
import type { ExecutionEngine } from '../engine.ts'
import { findTaskAttempt, taskAttemptView } from '../execution-attempt.ts'
import { executionView, nextAt } from '../execution-view.ts'
import type { NewExecution, StartedExecution, StartResult } from '../executions.ts'
import { openAnswer } from './attempt-view.ts'
import {
  changesOf,
  createExecutionDrivers,
  type ExecutionParts,
  eventOfCommand,
} from './execution-drivers.ts'
import { createHeldExecutions } from './held-executions.ts'
import { eventOf, type Happening } from './keeper.ts'
import { type KeptExecution, standingOf, storedExecution } from './kept-executions.ts'
import { createPlaces } from './places.ts'
import { DEFECT_PAUSE_MS } from './shared-parts.ts'

export interface Executions extends Pick<ExecutionEngine, 'start' | 'get' | 'attempt' | 'command'> {
  /** An execution has come due. */
  make(id: string): void
  /** Takes up what an earlier process left: what ran keeps its place, what was queued waits for one. */
  resume(): Promise<void>
  /** Lets go of all as they were kept last. Resolves once nothing is written any more. */
  abandon(): Promise<void>
}

/** Executions of pipelines over a store. */
export function createExecutions(parts: ExecutionParts): Executions {
  const { store, sealer, executions, effects, keeper, open, room, watchers, onProblem } = parts
  const { clock } = effects
  const drivers = createExecutionDrivers(parts, (id) => leave(id))
  const places = createPlaces((id, pipeline) => void begin(id, pipeline))
  const indexes = createIndexes(store)
  const over = new AbortController()
  setMaxListeners(0, over.signal)

  const leave = (id: string) => {
    open.count--
    places.leave(id)
  }
  const undo = (id: string, { pipeline, executionIndex }: RunState) => {
    leave(id)
    return indexes.giveBack(pipeline, executionIndex)
  }
  /** Asked for a place, and not kept yet: one that gets its place meanwhile begins once it is. */
  const submitting = new Map<string, Promise<unknown>>()
  const begin = async (id: string, pipeline: string) => {
    await submitting.get(id)?.catch(() => {})
    const isKept = await drivers.dispatch(id, { kind: 'begin', now: clock.now() }).catch(onProblem)
    if (isKept !== true) standAside(id, pipeline)
  }
  /** One that this program cannot begin gives its place to the next, and asks for another later. */
  const standAside = (id: string, pipeline: string) => {
    places.leave(id)
    const at = clock.now() + DEFECT_PAUSE_MS
    clock.sleepUntil(at, over.signal).then(
      () => queue(id, pipeline),
      () => {},
    )
  }
  const queue = async (id: string, pipeline: string) => {
    try {
      const execution = await executions.load(id)
      if (execution?.run.status !== 'QUEUED') return
      if (execution.unfit !== null) return await endUnfit(execution, execution.unfit)
      const { concurrency } = pipelineOf(execution.context, pipeline)
      if (places.enter(id, pipeline, concurrency)) void begin(id, pipeline)
    } catch (error) {
      onProblem(error)
      standAside(id, pipeline)
    }
  }
  /** What was to be run later, and cannot be by this program, waits for nothing. */
  const endUnfit = async (execution: KeptExecution, { message }: Error) => {
    const before = execution.run
    const statusMessage = `Not begun: its definition does not fit any more. ${message.split('\n')[0]}`
    execution.run = { ...before, status: 'FAILED', statusMessage, endedAt: clock.now(), output: {} }
    await keeper.keepRun(execution, () => standingOf(execution.run), changesOf(before, execution.run))
    leave(execution.id)
    watchers.tell(execution.id)
  }
  const prepare = async (start: NewExecution) => {
    const { pipeline, input, requestBy, comments } = start
    const context = executions.contextOf(start)
    const { concurrency } = pipelineOf(context, pipeline)
    const executionIndex = await indexes.next(pipeline)
    const executionId = effects.newId()
    const isQueued = !places.enter(executionId, pipeline, concurrency)
    const about = { pipeline, executionId, executionIndex, input, requestBy, comments }
    const run = startRun(context, { ...about, isQueued, now: clock.now() })
    const started = { kind: 'started', data: { executionIndex, requestBy, status: run.status } }
    const happenings = [started, ...changesOf(null, run)]
    const counts = { lastEvent: happenings.length, folded: 0, endsFolding: false }
    return { execution: { id: executionId, context, unfit: null, isHeld: false, run, ...counts }, happenings }
  }
  const held = createHeldExecutions(parts, {
    onEnded: leave,
    async onResumed(id, { status, pipeline }) {
      if (status !== 'QUEUED') return drivers.drive(id)
      places.leave(id)
      await queue(id, pipeline)
    },
  })
  const resume = async () => {
    const left = await store.openExecutions()
    for (const { id, pipeline, status } of left) if (status !== 'QUEUED') places.hold(id, pipeline)
    for (const { id, pipeline, status } of left) if (status === 'QUEUED') await queue(id, pipeline)
  }
  return {
    resume,
    make: drivers.drive,
    abandon() {
      over.abort()
      return drivers.abandon()
    },
    async start(start) {
      if (open.count >= open.limit) return { kind: 'full', limit: open.limit }
      if (room.isFull()) return { kind: 'no-room', bytes: room.bytes(), limit: room.limit }
      const { execution, happenings } = await prepare(start)
      const submission = submissionOf(parts, start, { execution, happenings })
      open.count++
      const submitted = store.submit(submission)
      submitting.set(execution.id, submitted)
      const result = await submitted
        .catch(async (error: unknown) => {
          await undo(execution.id, execution.run)
          throw error
        })
        .finally(() => submitting.delete(execution.id))
      if (result.kind === 'known') {
        await undo(execution.id, execution.run)
        return repeated(submission.idempotency as Idempotency, result.submission)
      }
      room.took(submission.run.task.length + submission.run.state.length)
      if (isEnded(execution.run.status)) leave(execution.id)
      watchers.tell(execution.id)
      if (nextAt(execution.run) !== null) drivers.drive(execution.id, execution)
      return { kind: 'accepted', execution: startedOf(execution) }
    },
    async get(id) {
      const execution = await executions.load(id)
      return execution && executionView(execution)
    },
    async attempt(id, query) {
      const execution = await executions.load(id)
      if (execution === null) return null
      const found = await findTaskAttempt((events) => store.events(id, events), query)
      if (found === null) return null
      const view = taskAttemptView(execution.context, execution.run, found)
      if (view.isKept) return view
      for (const number of [found.number, found.answeredBy]) {
        const kept = await store.answer(id, number)
        if (kept?.number === number) return { ...view, response: openAnswer(sealer, kept, id), isKept: true }
      }
      return view
    },
    async command(id, command, by) {
      const before = await executions.load(id)
      if (before === null) return { kind: 'unknown' }
      if (before.isHeld) return held.command(id, command, by)
      const { status } = before.run
      const isObeyed =
        isEnded(status) || (await drivers.dispatch(id, eventOfCommand(command, by, clock.now())))
      const after = (await executions.load(id)) ?? before
      return (isObeyed && !isEnded(status)) || (command === 'cancel' && after.run.status === 'CANCELED')
        ? { kind: 'done', execution: executionView(after) }
        : { kind: 'refused', reason: `it has ended: ${after.run.status}` }
    },
  }
}

/** Numbers the executions of each pipeline, from 1. */
function createIndexes(store: ExecutionParts['store']) {
  const last = new Map<string, Promise<{ index: number }>>()
  return {
    async next(pipeline: string): Promise<number> {
      const found = last.get(pipeline) ?? store.lastExecutionIndex(pipeline).then((index) => ({ index }))
      last.set(pipeline, found)
      found.catch(() => last.delete(pipeline))
      return ++(await found).index
    },
    /** Nothing has come of the last one. */
    async giveBack(pipeline: string, index: number): Promise<void> {
      const found = await last.get(pipeline)
      if (found?.index === index) found.index--
    },
  }
}

function startedOf({ run }: KeptExecution): StartedExecution {
  return { executionId: run.executionId, executionIndex: run.executionIndex }
}

function submissionOf(
  { sealer }: ExecutionParts,
  start: NewExecution,
  { execution, happenings }: { execution: KeptExecution; happenings: readonly Happening[] },
): Submission {
  const { id, run } = execution
  const at = run.startedAt
  const { idempotency } = start
  return {
    run: storedExecution({ id, createdAt: at, sources: start, run }, sealer),
    events: happenings.map(({ kind, data }, index) => eventOf({ number: index + 1, kind, at, data })),
    idempotency: idempotency && {
      key: idempotency.key,
      digest: sealer.digest(idempotency.text),
      answer: JSON.stringify(startedOf(execution)),
      at,
    },
  }
}

function repeated(asked: Idempotency, known: Idempotency): StartResult {
  return asked.digest === known.digest
    ? { kind: 'repeated', execution: JSON.parse(known.answer) as StartedExecution }
    : { kind: 'key-reused' }
}
