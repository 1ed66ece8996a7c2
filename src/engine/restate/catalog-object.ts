import type { ObjectContext, TypedState } from '@restatedev/restate-sdk'
import { CATALOG } from './names.ts'
import type { RestateSdk } from './restate-sdk.ts'
import { HANDLING } from './worker-parts.ts'

/** What is done to an entry: without a value it is removed. `value` is sealed already, in base64. */
export interface CatalogChange {
  readonly name: string
  readonly entry: { readonly value: string; readonly updatedAt: number } | null
  /** The value that has to be there, null for none; whatever is there where it is left out. */
  readonly before?: string | null
}

/** A shelf of the catalog as an object of Restate, an entry a key of its state. */
export function catalogObject(sdk: RestateSdk) {
  const { exclusive } = sdk.handlers.object
  return sdk.object({
    name: CATALOG,
    options: HANDLING,
    handlers: {
      /** False where it was to be removed and was not there, or another one is there than was to be. */
      change: exclusive(
        { input: sdk.serde.binary },
        async (ctx: ObjectContext<TypedState>, bytes: Uint8Array): Promise<boolean> => {
          const { name, entry, before } = JSON.parse(Buffer.from(bytes).toString()) as CatalogChange
          if (before !== undefined) {
            const there = await ctx.get<NonNullable<CatalogChange['entry']>>(name)
            if ((there?.value ?? null) !== before) return false
          }
          if (entry !== null) {
            ctx.set(name, entry)
            return true
          }
          const isThere = (await ctx.get(name)) !== null
          if (isThere) ctx.clear(name)
          return isThere
        },
      ),
    },
  })
}
