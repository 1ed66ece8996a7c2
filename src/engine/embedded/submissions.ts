import { start } from '../../core/poll.ts'
import type { Idempotency, Submission } from '../../store/store.ts'
import type { Engine, NewPoll, PollView, SubmitResult } from '../engine.ts'
import { keptTaskOf } from '../kept-task.ts'
import { sealWebhook } from '../webhook.ts'
import { eventOf } from './keeper.ts'
import { storedPoll } from './kept-polls.ts'
import { pollView } from './poll-view.ts'
import type { SharedParts } from './shared-parts.ts'

/** Takes polls in: checked, sealed and kept before anything is answered. */
export function createSubmissions(parts: SharedParts): Pick<Engine, 'submit'> {
  const { store, open, room, watchers, arm } = parts
  return {
    async submit(submitted) {
      const { submission, view, dueAt } = await prepare(parts, submitted)
      if (open.count >= open.limit) return { kind: 'full', limit: open.limit }
      if (room.isFull()) return { kind: 'no-room', bytes: room.bytes(), limit: room.limit }
      open.count++
      const result = await store.submit(submission).catch((error: unknown) => {
        open.count--
        throw error
      })
      if (result.kind === 'known') {
        open.count--
        return repeated(submission.idempotency as Idempotency, result.submission)
      }
      room.took(submission.run.task.length + submission.run.state.length)
      const { id, origin } = submission.run
      arm({ id, origin, dueAt })
      watchers.tell(id)
      return {
        kind: 'accepted',
        id,
        get poll() {
          return view()
        },
      }
    },
  }
}

function repeated(asked: Idempotency, known: Idempotency): SubmitResult {
  if (asked.digest !== known.digest) return { kind: 'key-reused' }
  const poll = JSON.parse(known.answer) as PollView
  return { kind: 'repeated', id: poll.id, poll }
}

async function prepare(
  { sealer, effects, criteriaOf }: SharedParts,
  { task: input, name, idempotency, webhook = null, variables }: NewPoll,
) {
  const task = keptTaskOf(input, variables)
  await criteriaOf(task)
  const id = effects.newId()
  const now = effects.clock.now()
  const state = start(task, now)
  const shown = { id, name, task, state, isPaused: false }
  /** Made where somebody looks at it: of a batch nobody does. */
  const view = () => pollView(shown)
  const submission: Submission = {
    run: storedPoll({ ...shown, createdAt: now }, { isAsked: false }, sealer),
    events: [eventOf({ number: 1, kind: 'submitted', at: now, data: {} })],
    message: webhook && sealWebhook(sealer, id, { ...webhook, failures: 0 }),
    idempotency: idempotency && {
      key: idempotency.key,
      digest: sealer.digest(idempotency.text),
      answer: JSON.stringify(view()),
      at: now,
    },
  }
  return { submission, view, dueAt: state.dueAt }
}
