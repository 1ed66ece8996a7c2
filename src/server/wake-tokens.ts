import { timingSafeEqual } from 'node:crypto'
import type { Sealer } from '../engine/embedded/sealer.ts'

/** The tokens by which whoever runs a job may have its poll ask now. They follow from the key, and are kept nowhere. */
export interface WakeTokens {
  of(id: string): string
  fits(id: string, token: string): boolean
  /** False where the poll was woken a moment ago. */
  mayWake(id: string, now: number): boolean
}

const EACH_MS = 1000
const MOST_KNOWN = 10_000

export function createWakeTokens({ digest }: Pick<Sealer, 'digest'>): WakeTokens {
  const of = (id: string) => `wake_${digest(`wake ${id}`)}`
  const woken = new Map<string, number>()
  return {
    of,
    fits(id, token) {
      const [wanted, shown] = [Buffer.from(of(id)), Buffer.from(token)]
      return wanted.length === shown.length && timingSafeEqual(wanted, shown)
    },
    mayWake(id, now) {
      if (now - (woken.get(id) ?? Number.NEGATIVE_INFINITY) < EACH_MS) return false
      woken.delete(id)
      woken.set(id, now)
      if (woken.size > MOST_KNOWN) woken.delete(woken.keys().next().value as string)
      return true
    },
  }
}
