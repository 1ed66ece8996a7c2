import { cancel, type WaitingPoll } from '../../core/poll.ts'
import type { CommandResult, PollCommand } from '../engine.ts'
import { endedHappening, type Happening } from './keeper.ts'
import { type KeptPoll, keptFlight } from './kept-polls.ts'
import { taskRedactor } from './mask.ts'
import { pollView } from './poll-view.ts'
import type { SharedParts } from './shared-parts.ts'

/** What a command makes of a poll: what happened by it, or why it cannot be. */
type Obeyed = readonly Happening[] | { readonly refused: string }
type Obey = (poll: KeptPoll, state: WaitingPoll, by: string) => Obeyed

/** Commands from outside; each is answered once it is kept. */
export function createCommands(parts: SharedParts) {
  const { polls, keeper, watchers, arm } = parts
  const obeying = obeyings(parts)

  const carryOut = async (poll: KeptPoll, command: PollCommand, by: string): Promise<CommandResult> => {
    if (command === 'cancel') await breakOff(poll, by)
    if (poll.state.kind === 'done') {
      if (command === 'cancel' && poll.state.outcome === 'cancelled') return done(poll, keeper.keep(poll, []))
      return { kind: 'refused', reason: `it has ended: ${poll.state.outcome}` }
    }
    const obeyed = obeying[command](poll, poll.state, by)
    poll.spreadMs = 0
    if ('refused' in obeyed) return { kind: 'refused', reason: obeyed.refused }
    return done(poll, keeper.keep(poll, obeyed))
  }
  const done = async (poll: KeptPoll, kept: Promise<void>): Promise<CommandResult> => {
    const { id, name, compiled, state, isPaused } = poll
    await kept
    watchers.tell(id)
    if (state.kind === 'waiting' && !isPaused && poll.flight === null) arm({ ...poll, dueAt: state.dueAt })
    return { kind: 'done', poll: pollView({ id, name, task: compiled.task, state, isPaused }) }
  }
  /** An attempt in flight ends as cancelled by itself, and is kept by who makes it. */
  const breakOff = async (poll: KeptPoll, by: string) => {
    const { flight } = poll
    if (flight === null) return
    flight.controller.abort(by)
    await keptFlight(flight)
  }
  return (id: string, command: PollCommand, by: string): Promise<CommandResult> =>
    polls.use(id, async (poll) => (poll === null ? { kind: 'unknown' } : carryOut(poll, command, by)))
}

function obeyings({ effects, open }: SharedParts): Readonly<Record<PollCommand, Obey>> {
  const said = (kind: string, by: string) => [{ kind, data: { by } }]
  return {
    cancel(poll, state, by) {
      const ended = cancel(poll.compiled, state, { by, now: effects.clock.now() })
      poll.state = ended
      open.count--
      return [endedHappening(ended, taskRedactor(poll.compiled.task).text(ended.message))]
    },
    pause(poll, _, by) {
      if (poll.isPaused) return []
      poll.isPaused = true
      return said('paused', by)
    },
    resume(poll, _, by) {
      if (!poll.isPaused) return []
      poll.isPaused = false
      return said('resumed', by)
    },
    now(poll, state, by) {
      if (poll.isPaused) return { refused: 'it is paused: resume it first' }
      if (poll.flight !== null) return []
      poll.state = { ...state, dueAt: Math.min(state.dueAt, effects.clock.now()) }
      return said('asked-now', by)
    },
  }
}
