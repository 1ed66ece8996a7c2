import { setMaxListeners } from 'node:events'
import { taskChanges } from '../../pipeline/changes.ts'
import { pendingExchanges, sendableOf, withUnknownSettled } from '../../pipeline/exchanges.ts'
import type { RunEvent } from '../../pipeline/run.ts'
import { isEnded, type RunState } from '../../pipeline/run-state.ts'
import { hasNews, type TaskAttempt } from '../execution-attempt.ts'
import { nextAt } from '../execution-view.ts'
import type { ExecutionCommand } from '../executions.ts'
import { type Dispatch, type DriverStep, type MadeByTask, runPipeline } from '../run-pipeline.ts'
import { answerTexts } from './attempt-view.ts'
import type { MadeAttempt } from './embedded-engine.ts'
import { MOST_EVENTS } from './fold.ts'
import type { Happening } from './keeper.ts'
import { type KeptExecution, type KeptExecutions, standingOf } from './kept-executions.ts'
import { type Arm, DEFECT_PAUSE_MS, type SharedParts } from './shared-parts.ts'
import type { Turns } from './turns.ts'

export interface ExecutionParts extends SharedParts {
  readonly executions: KeptExecutions
  readonly turns: Turns
  /** Arms for a time that the store does not know. */
  readonly armUnkept: Arm
}

/** Drives executions in memory while something of them is due; meanwhile they wait in the store. */
export interface ExecutionDrivers {
  drive(id: string, loaded?: KeptExecution): void
  /** Hands an event to an execution, wherever it is: true once it is kept, false where it has ended or is none. */
  dispatch(id: string, event: RunEvent): Promise<boolean>
  /** Lets go of all as they were kept last. Resolves once nothing is written any more. */
  abandon(): Promise<void>
}

/** Nothing due within so long, and an execution leaves the memory. */
const PARK_MS = 5000

interface Live {
  readonly driven: Promise<void>
  /** How events get in; null where it could not be loaded. */
  readonly dispatch: Promise<Dispatch | null>
}

/** `onEnded` is called once for each that ends. */
export function createExecutionDrivers(
  parts: ExecutionParts,
  onEnded: (id: string) => void,
): ExecutionDrivers {
  const { executions, keeper, watchers, effects, arm, armUnkept, turns, onAttempt, onProblem } = parts
  const { clock } = effects
  const live = new Map<string, Live>()
  const over = new AbortController()
  setMaxListeners(0, over.signal)

  const keep = async (execution: KeptExecution, { run, attempt }: DriverStep) => {
    const before = execution.run
    if (run === before) return
    const made = attempt && attemptOf(execution, attempt)
    if (made !== null) onAttempt(made)
    execution.run = run
    await keeper.keepRun(execution, () => standingOf(execution.run), happeningsOf(execution, before, attempt))
    if (isEnded(run.status) && !isEnded(before.status)) onEnded(execution.id)
    watchers.tell(execution.id)
  }
  /** What a process that was killed had on the wire is not sent again in silence. */
  const settleUnknown = (execution: KeptExecution) => {
    const run = withUnknownSettled(execution.context, execution.run, clock.now())
    return keep(execution, { run, attempt: null })
  }
  const carryOn = async (execution: KeptExecution, onReady: (dispatch: Dispatch) => void) => {
    if (execution.unfit !== null) throw execution.unfit
    await settleUnknown(execution)
    await runPipeline(execution.context, execution.run, {
      effects,
      signal: new AbortController().signal,
      abandon: over.signal,
      parkMs: PARK_MS,
      takeTurn: turns.take,
      onReady,
      onStep: (step) => keep(execution, step),
    })
  }
  const driveOne = async (
    id: string,
    loaded: KeptExecution | null,
    onReady: (dispatch: Dispatch | null) => void,
  ) => {
    let dueAt: number | null
    let armed = arm
    try {
      const execution = loaded ?? (await executions.load(id))
      if (execution !== null) await carryOn(execution, onReady)
      dueAt = execution && nextAt(execution.run)
    } catch (error) {
      if (!over.signal.aborted) onProblem(error)
      dueAt = clock.now() + DEFECT_PAUSE_MS
      armed = armUnkept
    }
    live.delete(id)
    onReady(null)
    if (dueAt !== null && !over.signal.aborted) armed({ id, origin: '', dueAt })
  }
  const liveOf = (id: string, loaded: KeptExecution | null): Live => {
    const known = live.get(id)
    if (known !== undefined) return known
    let tell: (dispatch: Dispatch | null) => void = () => {}
    const dispatch = new Promise<Dispatch | null>((resolve) => {
      tell = resolve
    })
    const one = { dispatch, driven: Promise.resolve().then(() => driveOne(id, loaded, tell)) }
    live.set(id, one)
    return one
  }
  return {
    drive(id, loaded) {
      if (!over.signal.aborted) liveOf(id, loaded ?? null)
    },
    async dispatch(id, event) {
      while (!over.signal.aborted) {
        const one = liveOf(id, null)
        const dispatch = await one.dispatch
        if (dispatch === null) return false
        if (await dispatch(event)) return true
        await one.driven
        const run = (await executions.load(id))?.run
        if (run === undefined || isEnded(run.status)) return false
      }
      return false
    },
    async abandon() {
      over.abort()
      await Promise.all([...live.values()].map(({ driven }) => driven))
    },
  }
}

/** What is measured of an attempt; `run` is still as it was before. Null where it was for nobody any more. */
function attemptOf({ id, context, run }: KeptExecution, { path, entry }: MadeByTask): MadeAttempt | null {
  const exchange = pendingExchanges(run).find((one) => one.kind === 'poll' && one.path.join() === path.join())
  if (exchange === undefined) return null
  const { method, url } = sendableOf(context, run, exchange, entry.startedAt).request
  const { iteration, code, verdict, startedAt, durationMs } = entry
  const lateMs = Math.max(0, startedAt - exchange.dueAt)
  const { origin } = new URL(url)
  return { id, origin, method, iteration, code, verdict, startedAt, durationMs, lateMs }
}

export function eventOfCommand(command: ExecutionCommand, by: string, now: number): RunEvent {
  return command === 'cancel' ? { kind: 'cancel', by, now } : { kind: command, now }
}

/** What has become of an execution since it was another; `before` is null for a new one. */
export function changesOf(before: RunState | null, run: RunState): Happening[] {
  const { status, statusMessage } = run
  const tasks = taskChanges(before, run).map((data) => ({ kind: 'task', data }))
  const isSame = before === null || before.status === status
  const data = { status, statusMessage }
  if (isEnded(status) && (before === null || !isEnded(before.status)))
    return [...tasks, { kind: 'ended', data }]
  return isSame ? tasks : [...tasks, { kind: 'run', data }]
}

function happeningsOf(
  { run, context, lastEvent, folded }: KeptExecution,
  before: RunState,
  attempt: DriverStep['attempt'],
): Happening[] {
  const changes = changesOf(before, run)
  if (attempt === null) return changes
  const { path, entry, response } = attempt
  const folds = changes.length === 0 && lastEvent - folded >= MOST_EVENTS
  const data: TaskAttempt = { path, entry }
  const isAnswerKept = !folds && hasNews(entry, attempt.before)
  const answer = isAnswerKept ? { answer: answerTexts(response, context.redactor) } : {}
  return [{ kind: 'attempt', data, folds, ...answer }, ...changes]
}
