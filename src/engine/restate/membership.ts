import type { Clock } from '../effects.ts'
import type { Budget } from './budget.ts'
import { WORKERS } from './names.ts'
import type { RestateClient } from './restate-client.ts'
import { GONE_AFTER_MS, type Greeting, othersOf, type Seen } from './worker-roll.ts'

const GREET_EVERY_MS = 2000
/** Others that were heard of a moment ago, and do not answer by then, are gone. */
const HEARD_WITHIN_MS = 3000
/** So long nodes may take to hear of what was registered at another one. */
const KNOWN_WITHIN_MS = 10_000
const AGAIN_AFTER_MS = 100

export interface MembershipOptions {
  readonly worker: string
  readonly client: Pick<RestateClient, 'call' | 'sql'>
  readonly clock: Clock
  readonly budget: Budget
  /** Attempts to one origin at a time, of all workers together. */
  readonly perOrigin: number
  readonly onProblem: (error: unknown) => void
}

/**
 * Keeps this worker's share of every origin equal to its part of all workers. A newcomer waits until the others have
 * heard of it, and who cannot be heard makes no attempts once the others count it as gone: together they never make
 * more than allowed, and no attempt needs to ask.
 */
export function createMembership(options: MembershipOptions) {
  const { worker, client, clock, budget, perOrigin, onProblem } = options
  const over = new AbortController()
  let heardAt = Number.NEGATIVE_INFINITY

  const greet = async (kind: Greeting['kind']) => {
    const now = clock.now()
    const greeting: Greeting = { worker, kind, now }
    const answer = await client.call<{ workers: number }>(
      { object: WORKERS, key: 'all', handler: 'greet' },
      Buffer.from(JSON.stringify(greeting)),
    )
    heardAt = now
    return answer.workers
  }
  const pause = (ms: number) => clock.sleepUntil(clock.now() + ms, over.signal).catch(() => {})
  const keepGreeting = async () => {
    while (!over.signal.aborted) {
      await pause(GREET_EVERY_MS)
      if (over.signal.aborted) return
      const late = setTimeout(() => budget.setPerOrigin(0), heardAt + GONE_AFTER_MS - clock.now())
      await greet('here').then((workers) => budget.setPerOrigin(shareOf(perOrigin, workers)), onProblem)
      clearTimeout(late)
      if (clock.now() > heardAt + GONE_AFTER_MS) budget.setPerOrigin(0)
    }
  }
  const firstGreeting = async (): Promise<number> => {
    const until = clock.now() + KNOWN_WITHIN_MS
    for (;;)
      try {
        return await greet('here')
      } catch (error) {
        if (clock.now() > until) throw error
        await pause(AGAIN_AFTER_MS)
      }
  }
  const join = async () => {
    const workers = await firstGreeting()
    if (workers > 1) await pause(GREET_EVERY_MS + 500)
    budget.setPerOrigin(shareOf(perOrigin, await greet('here')))
    void keepGreeting()
    return true
  }
  const areOthersThere = async () => {
    const [row] = await client.sql<{ value_utf8: string }>(
      `select value_utf8 from state where service_name = '${WORKERS}' and key = 'seen'`,
    )
    const seen: Seen = row ? JSON.parse(row.value_utf8) : {}
    return Object.keys(othersOf(seen, { worker, now: clock.now() })).length > 0
  }
  budget.setPerOrigin(0)
  return {
    /** Resolves once this worker may make attempts; it must be able to answer by then. */
    join,
    /** The same with the help of others, before it can answer: false where there are none. */
    async joinOthers(): Promise<boolean> {
      if (!(await areOthersThere())) return false
      const late = clock.sleepUntil(clock.now() + HEARD_WITHIN_MS, over.signal).then(() => false)
      const heard = greet('here').then(
        () => true,
        () => false,
      )
      return Promise.race([heard, late]).then((isHeard) => isHeard && join())
    },
    async leave(): Promise<void> {
      over.abort()
      await greet('leaving').catch(onProblem)
    },
  }
}

/** At least one: with more workers than attempts allowed, an origin sees one from each. */
function shareOf(perOrigin: number, workers: number): number {
  return Math.max(1, Math.floor(perOrigin / workers))
}
