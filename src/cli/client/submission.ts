import { systemClock } from '../../engine/system-clock.ts'
import { plain } from '../render/progress.ts'
import { patiently } from './patience.ts'
import type { UnreachableError } from './server-error.ts'

/** About half a minute, with the waits between them. */
const TRIES = 8

/**
 * Sends what begins something, under a key by which the server knows it again. Where the answer got lost, or the
 * server is about to start, it is sent again; where nobody was there at first, nothing is waited for.
 */
export function surely<T>(send: () => Promise<T>): Promise<T> {
  const patience = {
    clock: systemClock,
    random: Math.random,
    signal: new AbortController().signal,
    onLost: ({ message }: UnreachableError, waitMs: number) => {
      process.stderr.write(`${plain(message)}; again in ${Math.round(waitMs / 100) / 10} s\n`)
    },
  }
  return patiently(send, patience, ({ isThere }, lost) => lost >= TRIES || (lost === 1 && !isThere))
}
