import { advanceRun } from '../../pipeline/run.ts'
import type { RunState } from '../../pipeline/run-state.ts'
import type { ExecutionEngine } from '../engine.ts'
import { executionView } from '../execution-view.ts'
import type { ExecutionCommand } from '../executions.ts'
import { changesOf, type ExecutionParts, eventOfCommand } from './execution-drivers.ts'
import { HELD, type KeptExecution, standingOf } from './kept-executions.ts'

interface HeldOptions {
  readonly onEnded: (id: string) => void
  /** It goes on from here. */
  readonly onResumed: (id: string, run: RunState) => Promise<void>
}

/**
 * Commands to executions that were moved elsewhere. Nobody drives these, and they send nothing: what is asked of them is
 * written down, one at a time.
 */
export function createHeldExecutions(
  { executions, keeper, effects, watchers }: ExecutionParts,
  { onEnded, onResumed }: HeldOptions,
): Pick<ExecutionEngine, 'command'> {
  let turn: Promise<unknown> = Promise.resolve()

  const obey = async (held: KeptExecution, command: ExecutionCommand, by: string) => {
    const { id, context, unfit, run } = held
    if (command === 'pause') return
    if (unfit !== null) throw unfit
    if (command === 'resume') {
      await keeper.keepRun(held, () => standingOf(run), [{ kind: 'resumed', data: { by } }])
      await onResumed(id, run)
    } else {
      held.run = advanceRun(context, run, eventOfCommand(command, by, effects.clock.now())).run
      const standing = { ...standingOf(held.run), dueAt: HELD.dueAt }
      await keeper.keepRun(held, () => standing, changesOf(run, held.run))
      onEnded(id)
    }
    watchers.tell(id)
  }
  return {
    command(id, command, by) {
      const obeyed = turn.then(async () => {
        const held = await executions.load(id)
        if (held?.isHeld) await obey(held, command, by)
        const after = await executions.load(id)
        return after === null
          ? ({ kind: 'unknown' } as const)
          : ({ kind: 'done', execution: executionView(after) } as const)
      })
      turn = obeyed.catch(() => {})
      return obeyed
    },
  }
}
