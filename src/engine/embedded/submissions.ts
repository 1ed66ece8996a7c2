import { start } from '../../core/poll.ts'
import type { Idempotency, Submission } from '../../store/store.ts'
import type { Engine, NewPoll, PollView, SubmitResult } from '../engine.ts'
import { keptTaskOf } from '../kept-task.ts'
import { webhookPlace } from '../webhook.ts'
import { eventOf } from './keeper.ts'
import { NOT_ASKED_YET } from './kept-polls.ts'
import { pollView, statusOf } from './poll-view.ts'
import type { SharedParts } from './shared-parts.ts'

/** Takes polls in: checked, sealed and kept before anything is answered. */
export function createSubmissions(parts: SharedParts): Pick<Engine, 'submit'> {
  const { store, open, room, watchers, arm } = parts
  return {
    async submit(submitted) {
      const { submission, view } = await prepare(parts, submitted)
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
      const { id, origin, dueAt } = submission.run
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
  /** Made where somebody looks at it: of a batch nobody does. */
  const view = () => pollView({ id, name, task, state, isPaused: false })
  const submission = {
    run: {
      id,
      kind: 'poll',
      name,
      status: statusOf(state, false),
      origin: new URL(task.url).origin,
      executionIndex: null,
      createdAt: now,
      dueAt: state.dueAt,
      endedAt: null,
      task: sealer.seal(JSON.stringify(task), `task ${id}`),
      state: NOT_ASKED_YET,
    },
    events: [eventOf({ number: 1, kind: 'submitted', at: now, data: {} })],
    message: webhook && sealer.seal(JSON.stringify({ ...webhook, failures: 0 }), webhookPlace(id)),
    idempotency: idempotency && {
      key: idempotency.key,
      digest: sealer.digest(idempotency.text),
      answer: JSON.stringify(view()),
      at: now,
    },
  } satisfies Submission
  return { submission, view }
}
