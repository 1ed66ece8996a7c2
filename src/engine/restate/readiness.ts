import type { Clock } from '../effects.ts'
import { WORKERS } from './names.ts'
import type { RestateClient } from './restate-client.ts'

const EVERY_MS = 5000

/** Asks Restate now and then for something real: after a hard stop its own health is well long before it answers. */
export function createReadiness(client: Pick<RestateClient, 'sql'>, clock: Clock) {
  const over = new AbortController()
  let isWell = true
  const look = async () => {
    while (!over.signal.aborted) {
      isWell = await client.sql(`select key from state where service_name = '${WORKERS}' limit 1`).then(
        () => true,
        () => false,
      )
      await clock.sleepUntil(clock.now() + EVERY_MS, over.signal).catch(() => {})
    }
  }
  void look()
  return { isReady: () => isWell && !over.signal.aborted, stop: () => over.abort() }
}
