import type { InvocationId } from '@restatedev/restate-sdk'
import { pendingExchanges } from '../../pipeline/exchanges.ts'
import type { ExecutionRecord } from './execution-record.ts'

/** How exchanges are begun and broken off. */
export interface FlightDeck {
  /** Gives the invocation that carries it out, so many ms from now. */
  begin(key: string, delayMs: number): Promise<string>
  breakOff(invocation: InvocationId): void
}

export interface FlightsOptions {
  readonly now: number
  /** The exchange that has just come to its end. */
  readonly over: string | null
}

/** Makes what is in flight equal to what the run waits for, and gives it. */
export async function equalFlights(
  { run, flights: before, isHeld }: ExecutionRecord,
  deck: FlightDeck,
  { now, over }: FlightsOptions,
): Promise<Record<string, string>> {
  const pending = new Map(pendingExchanges(run).map((exchange) => [exchange.key, exchange]))
  const flights: Record<string, string> = {}
  for (const [key, invocation] of Object.entries(before)) {
    if (key === over) continue
    // What may be on the wire and is not to be sent twice is let finish, even where the run is held.
    const isWanted = pending.has(key) && (!isHeld || pending.get(key)?.kind === 'rest')
    if (isWanted) flights[key] = invocation
    else deck.breakOff(invocation as InvocationId)
  }
  if (isHeld) return flights
  for (const { key, dueAt } of pending.values()) flights[key] ??= await deck.begin(key, dueAt - now)
  return flights
}
