import type { ObjectContext, TypedState } from '@restatedev/restate-sdk'
import { WORKERS } from './names.ts'
import type { RestateSdk } from './restate-sdk.ts'
import { HANDLING } from './worker-parts.ts'

/** A worker that has not been heard of for so long is gone. */
export const GONE_AFTER_MS = 6000

export interface Greeting {
  readonly worker: string
  readonly kind: 'here' | 'leaving'
  /** Epoch ms of the worker. */
  readonly now: number
}

/** When each worker was heard of last: epoch ms by its id. */
export type Seen = Readonly<Record<string, number>>

/** Those of them that are there, but for this one. */
export function othersOf(seen: Seen, { worker, now }: Pick<Greeting, 'worker' | 'now'>): Seen {
  return Object.fromEntries(
    Object.entries(seen).filter(([id, at]) => id !== worker && at > now - GONE_AFTER_MS),
  )
}

/** Which workers there are, as one object: each greets it every few seconds, and hears how many they are. */
export function workerRoll(sdk: RestateSdk) {
  const { exclusive } = sdk.handlers.object
  return sdk.object({
    name: WORKERS,
    options: HANDLING,
    handlers: {
      greet: exclusive(
        { input: sdk.serde.binary },
        async (ctx: ObjectContext<TypedState>, bytes: Uint8Array): Promise<{ workers: number }> => {
          const { worker, kind, now } = JSON.parse(Buffer.from(bytes).toString()) as Greeting
          const others = othersOf((await ctx.get<Seen>('seen')) ?? {}, { worker, now })
          const seen = kind === 'here' ? { ...others, [worker]: now } : others
          ctx.set('seen', seen)
          return { workers: Math.max(1, Object.keys(seen).length) }
        },
      ),
    },
  })
}
