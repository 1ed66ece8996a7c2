import type { AttemptResult, FailureKind, HttpRequest } from '../core/attempt.ts'
import { toJson } from '../core/json.ts'
import type { Transport } from '../engine/effects.ts'
import type { ManualClock } from './manual-clock.ts'

/** What the far side does with one request: answers, or fails in one of the ways that `FailureKind` names. */
export type ScriptedAnswer =
  | {
      /** 200 by default. */
      readonly code?: number
      readonly headers?: Readonly<Record<string, string>>
      /** Sent as it is when it is text, else as JSON. */
      readonly body?: unknown
      readonly durationMs?: number
    }
  | { readonly fails: FailureKind; readonly message?: string; readonly durationMs?: number }

export interface ScriptedTransport extends Transport {
  /** Every request that was sent, in order. */
  readonly requests: readonly HttpRequest[]
}

/** A transport that gives these answers one after another; the last one repeats. It moves the clock as it goes. */
export function scriptedTransport(
  answers: readonly ScriptedAnswer[] | ((request: HttpRequest, index: number) => ScriptedAnswer),
  clock: ManualClock,
): ScriptedTransport {
  const requests: HttpRequest[] = []
  const answerTo = (request: HttpRequest, index: number): ScriptedAnswer =>
    typeof answers === 'function'
      ? answers(request, index)
      : (answers[Math.min(index, answers.length - 1)] ?? {})
  return {
    requests,
    async send(request, { timeoutMs }) {
      const startedAt = clock.now()
      const answer = answerTo(request, requests.push(request) - 1)
      const durationMs = answer.durationMs ?? 0
      clock.advance(Math.min(durationMs, timeoutMs))
      const result = durationMs > timeoutMs ? failed('timeout', 'no answer in time') : resultOf(answer)
      return { startedAt, durationMs: clock.now() - startedAt, result, notes: [] }
    },
    async close() {},
  }
}

function resultOf(answer: ScriptedAnswer): AttemptResult {
  if ('fails' in answer) return failed(answer.fails, answer.message ?? answer.fails)
  const { code = 200, headers = {}, body = '' } = answer
  return {
    kind: 'response',
    response: { code, headers, body: typeof body === 'string' ? body : toJson(body) },
  }
}

function failed(kind: FailureKind, message: string): AttemptResult {
  return { kind: 'failure', failure: { kind, message, head: null } }
}
