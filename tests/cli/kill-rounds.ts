import { randomInt } from 'node:crypto'
import type { Served } from './serving.ts'

interface Rounds {
  readonly kills: number
  /** Each server is killed at a moment within so long after it has taken something. */
  readonly withinMs: number
  start(): Promise<Served>
  kill(server: Served): Promise<unknown>
  /** Hands something to the server: its id once that is acknowledged, and what it was. */
  take(server: Served, name: string): Promise<readonly [id: string, what: string]>
}

/** Starts a server again and again, hands things to it, and kills it at a random moment. Gives what was acknowledged. */
export async function killRounds({
  kills,
  withinMs,
  start,
  kill,
  take,
}: Rounds): Promise<Map<string, string>> {
  const acknowledged = new Map<string, string>()
  for (let round = 0; round < kills; round++) {
    const server = await start()
    const dieSoon = () =>
      new Promise((resolve) => setTimeout(resolve, randomInt(withinMs))).then(() => kill(server))
    // Mostly not before one was taken: a slow machine may take none so soon.
    let death = round % 4 === 3 ? dieSoon() : null
    for (let i = 0; i < 10; i++) {
      const taken = await take(server, `${round}-${i}`).catch(() => null)
      if (taken === null) break
      acknowledged.set(...taken)
      death ??= dieSoon()
    }
    await death
  }
  return acknowledged
}
