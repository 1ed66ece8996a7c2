import type { HttpRequest } from '../core/attempt.ts'
import type { Clock, Transport } from './effects.ts'

export type FarSide = ReturnType<typeof farSide>

/** A far side that answers when it is told to. `until` lets time go on until that holds. */
export function farSide({ now }: Pick<Clock, 'now'>, until: (holds: () => boolean) => Promise<void>) {
  const held: { request: HttpRequest; answer: (body: object) => void }[] = []
  const sent: string[] = []
  let inFlight = 0
  let most = 0
  const transport: Transport = {
    send: (request, { signal }) =>
      new Promise((resolve) => {
        sent.push(request.url)
        most = Math.max(most, ++inFlight)
        const startedAt = now()
        const end = (result: Awaited<ReturnType<Transport['send']>>['result']) => {
          inFlight--
          held.splice(held.indexOf(one), 1)
          resolve({ startedAt, durationMs: now() - startedAt, notes: [], result })
        }
        const answer = (body: object) =>
          end({ kind: 'response', response: { code: 200, headers: {}, body: JSON.stringify(body) } })
        const one = { request, answer }
        held.push(one)
        signal?.addEventListener('abort', () => {
          if (held.includes(one))
            end({ kind: 'failure', failure: { kind: 'aborted', message: 'aborted', head: null } })
        })
      }),
    async close() {},
  }
  return {
    transport,
    sent,
    most: () => most,
    /** Answers the oldest request that waits, once there is one. */
    async answer(status: string, more: object = {}) {
      await until(() => held.length > 0)
      held[0]?.answer({ status, ...more })
    },
    /** Requests that wait for their answer. */
    waiting: () => held.map(({ request }) => request),
    answerAll() {
      for (const { answer } of [...held]) answer({ status: 'FINISHED' })
    },
  }
}
