import { InvalidTaskError } from '../../core/errors.ts'
import type { WaitingPoll } from '../../core/poll.ts'
import { revise } from '../../core/revise.ts'
import { parsePollTask } from '../../core/task.ts'
import type { CommandResult, PollChanges } from '../engine.ts'
import { type KeptTask, withSecrets } from '../kept-task.ts'
import { type KeptPoll, keptFlight } from './kept-polls.ts'
import { taskRedactor } from './mask.ts'
import { pollView } from './poll-view.ts'
import type { SharedParts } from './shared-parts.ts'

/** Changes the tasks of polls that wait; each is answered once it is kept. */
export function createRevisions({ polls, keeper, watchers, effects, criteriaOf, arm }: SharedParts) {
  const { clock } = effects
  const change = async (poll: KeptPoll, changes: PollChanges, by: string): Promise<CommandResult> => {
    // What is in flight ends by the task that it began with.
    while (poll.flight !== null) await keptFlight(poll.flight)
    if (poll.state.kind === 'done') return { kind: 'refused', reason: `it has ended: ${poll.state.outcome}` }
    const from = poll.compiled.task
    const task = changedTask(from, changes, poll.state)
    const criteria = await criteriaOf(task)
    if (poll.flight !== null || poll.state.kind !== 'waiting') return change(poll, changes, by)
    poll.state = revise(poll.state, { from, to: task, now: clock.now(), random: effects.random() })
    poll.compiled = { task, criteria }
    poll.spreadMs = 0
    const { id, name, state, isPaused } = poll
    const said = taskRedactor(task).json(changes)
    await keeper.keep(poll, [{ kind: 'changed', data: { by, changes: said } }], task)
    watchers.tell(id)
    if (!isPaused && poll.flight === null) arm({ ...poll, dueAt: state.dueAt })
    return { kind: 'done', poll: pollView({ id, name, task, state, isPaused }) }
  }
  return (id: string, changes: PollChanges, by: string): Promise<CommandResult> =>
    polls.use(id, async (poll) => (poll === null ? { kind: 'unknown' } : change(poll, changes, by)))
}

/** The task of a poll with changes. @throws InvalidTaskError, ConditionError */
export function changedTask(
  { secrets, ...from }: KeptTask,
  changes: PollChanges,
  { iterationCount }: WaitingPoll,
): KeptTask {
  const exitCriteria = changes.exitCriteria && { ...from.exitCriteria, ...changes.exitCriteria }
  const task = parsePollTask({ ...from, ...changes, ...(exitCriteria && { exitCriteria }) })
  if (task.pollCount <= iterationCount)
    throw new InvalidTaskError([
      {
        path: 'pollCount',
        message: `${iterationCount} attempts were made already`,
        hint: 'name more, or cancel the poll',
      },
    ])
  return withSecrets(task, secrets)
}
