import { type PollState, start } from '../../core/poll.ts'
import type { Redactor } from '../../core/redact.ts'
import type { Effects } from '../effects.ts'
import type { Engine, Trial } from '../engine.ts'
import { keptTaskOf } from '../kept-task.ts'
import { nextStep } from '../run-poll.ts'
import { taskRedactor } from './mask.ts'
import { maskedEntry } from './poll-view.ts'
import type { CriteriaOf } from './shared-criteria.ts'

/** Trials at a time: each holds a connection, and its caller. */
const AT_ONCE = 16

/** Makes single attempts of which nothing is kept. */
export function createTrials(effects: Effects, criteriaOf: CriteriaOf): Pick<Engine, 'tryOnce'> {
  let running = 0
  return {
    async tryOnce(input, variables) {
      const task = keptTaskOf({ ...(input as object), initialDelaySeconds: 0 }, variables)
      const criteria = await criteriaOf(task)
      if (running >= AT_ONCE) return null
      running++
      try {
        const from = start(task, effects.clock.now())
        const { entry, state } = await nextStep({ task, criteria }, from, { effects, signal: null })
        if (entry === null) return null
        const redactor = taskRedactor(task)
        const message = state.kind === 'done' ? redactor.text(state.message) : null
        const outcome = state.kind === 'done' ? state.outcome : null
        return {
          attempt: maskedEntry(entry, redactor),
          response: maskedResponse(state, redactor),
          outcome,
          message,
        }
      } finally {
        running--
      }
    },
  }
}

function maskedResponse({ last }: PollState, redactor: Redactor): Trial['response'] {
  if (last === null) return null
  return { code: last.code, headers: redactor.headers(last.headers), body: redactor.text(last.body) }
}
