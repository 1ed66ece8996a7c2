import type { ObjectContext, TypedState } from '@restatedev/restate-sdk'
import { CARD, eventKey, POLLS, RECORD } from './names.ts'
import type { Appointment, PollWrites } from './poll-change.ts'
import { openRecord, type PollRecord } from './poll-record.ts'
import type { RestateSdk } from './restate-sdk.ts'
import type { WorkerParts } from './worker-parts.ts'

type Context = ObjectContext<TypedState>
type Sender = Pick<Context, 'genericSend' | 'key'>

/** How a poll's object reads and writes its state, and arms what is to come. */
export function pollShelf(
  sdk: Pick<RestateSdk, 'serde'>,
  { sealer, effects, keepMs }: Pick<WorkerParts, 'sealer' | 'effects' | 'keepMs'>,
) {
  const { binary } = sdk.serde
  const self = (ctx: Sender, method: string, { parameter, delay }: { parameter: unknown; delay: number }) =>
    ctx.genericSend({
      service: POLLS,
      method,
      key: ctx.key,
      parameter: Buffer.from(JSON.stringify(parameter)) as Uint8Array,
      inputSerde: binary,
      ...(delay > 0 && { delay }),
    })
  const text = (ctx: Context, key: string, value: string) =>
    ctx.set(key, Buffer.from(value) as Uint8Array, binary)
  // From this instant, not from that of the journal, which is earlier by the way there and back.
  const arm = (ctx: Context, { handler, turn, at }: Appointment) =>
    void self(ctx, handler, { parameter: turn, delay: at - effects.clock.now() })
  const tell = (ctx: Sender, failures: number, at: number) =>
    void self(ctx, 'tell', { parameter: failures, delay: at - effects.clock.now() })
  return {
    text,
    arm,
    /** Tells the poll's webhook then, after so many tries that have failed. */
    tell,
    seal: (record: PollRecord) => sealer.seal(JSON.stringify(record), `poll ${record.id}`),
    async load(ctx: Pick<Context, 'get' | 'key'>): Promise<PollRecord | null> {
      const sealed = await ctx.get<Uint8Array>(RECORD, binary)
      return sealed && openRecord(sealer, sealed, ctx.key)
    },
    /** Writes a change, and arms what follows it but for who stays. */
    write(ctx: Context, sealed: Uint8Array, { events, card, follows }: PollWrites): void {
      ctx.set(RECORD, sealed, binary)
      for (const event of events) text(ctx, eventKey(event.slot), event.text)
      if (card !== null) text(ctx, CARD, card)
      if (follows.kind === 'forget') self(ctx, 'forget', { parameter: null, delay: keepMs })
      if (follows.kind === 'forget' && follows.tells) tell(ctx, 0, 0)
      if (follows.kind === 'attempt') arm(ctx, follows)
    },
  }
}

export type PollShelf = ReturnType<typeof pollShelf>
