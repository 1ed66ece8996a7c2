import type { Client } from './client.ts'
import { openEvents, type RunEvent } from './event-stream.ts'
import { type Patience, pause } from './patience.ts'
import { UnreachableError } from './server-error.ts'

export interface Follow extends Patience {
  /** The path of what is followed, such as `/polls/ID`. */
  readonly path: string
  /** Hears that a lost connection is there again. */
  readonly onBack: () => void
}

/**
 * Every event of a poll or an execution from its first to its end, once and in order, over as many connections as
 * it takes. @throws RefusedError where the server knows it no more, and the signal's reason.
 */
export async function* follow(client: Client, options: Follow): AsyncGenerator<RunEvent, void, void> {
  const { path, signal, onBack } = options
  let after = 0
  for (let lost = 0; ; ) {
    try {
      const events = await openEvents(client, `${path}/events`, { after, signal })
      if (lost > 0) onBack()
      lost = 0
      if (events === null) return
      for await (const event of events) {
        after = event.number
        yield event
        if (event.kind === 'ended') return
      }
      throw new UnreachableError(`the server at ${client.address.url} has ended the connection`, ENDED)
    } catch (error) {
      if (signal.aborted) throw signal.reason
      if (!(error instanceof UnreachableError)) throw error
      await pause(error, ++lost, options)
    }
  }
}

const ENDED = { hint: null, isThere: true }
