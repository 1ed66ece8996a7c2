import type { Clock } from '../effects.ts'
import type { RestateClient } from './restate-client.ts'

/** An object that does not answer by then may be making an attempt, and answers nothing else until that has ended. */
const LOOK_AFTER_MS = 2500

export interface Beginning<Known> {
  /** Of this submission; the id follows from what the caller named it by. */
  readonly id: string
  readonly object: string
  readonly handler?: 'begin' | 'adopt'
  readonly sealed: Uint8Array
  /** What is kept under that id. */
  readonly read: () => Promise<Known | null>
}

/**
 * Begins a run. Gives the object's answer, or what is kept already where the object has no time to say so. Reading first
 * would cost ten times what beginning does.
 */
export async function beginRun<Answer extends { kind: 'begun' | 'known' }, Known>(
  { client, clock }: { client: Pick<RestateClient, 'call'>; clock: Clock },
  { id, object, handler = 'begin', sealed, read }: Beginning<Known>,
): Promise<{ kind: 'begun'; answer: Answer } | { kind: 'known'; run: Known | null }> {
  const begun = client.call<Answer>({ object, key: id, handler }, sealed)
  const over = new AbortController()
  const late = clock.sleepUntil(clock.now() + LOOK_AFTER_MS, over.signal).then(
    () => null,
    () => null,
  )
  const soon = await Promise.race([begun, late]).finally(() => over.abort())
  const before = soon === null ? await read() : null
  if (before !== null) {
    begun.catch(() => {})
    return { kind: 'known', run: before }
  }
  const answer = await begun
  return answer.kind === 'begun' ? { kind: 'begun', answer } : { kind: 'known', run: await read() }
}
