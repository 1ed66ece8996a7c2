import type { ObjectContext, TypedState } from '@restatedev/restate-sdk'
import { EXECUTIONS, PIPELINES } from './names.ts'
import type { RestateSdk } from './restate-sdk.ts'
import { HANDLING, PRIVATE } from './worker-parts.ts'

/** What an execution is told when it asks to begin. */
export interface Admission {
  /** From 1, per pipeline. */
  readonly index: number
  /** False: it is queued, and will be called. */
  readonly isAdmitted: boolean
}

interface Entering {
  readonly id: string
  readonly concurrency: number
}

/** One that was elsewhere before. */
interface Adopted extends Entering {
  readonly index: number
  readonly isQueued: boolean
}

interface Gate {
  readonly last: number
  readonly running: readonly string[]
  readonly queued: readonly string[]
  readonly concurrency: number
}

type Context = ObjectContext<TypedState>

/** A pipeline as the object that numbers its executions, and lets so many of them run at a time. */
export function pipelineGate(sdk: RestateSdk) {
  const { exclusive } = sdk.handlers.object
  const gateOf = async (ctx: Context): Promise<Gate> =>
    (await ctx.get<Gate>('gate')) ?? { last: 0, running: [], queued: [], concurrency: 1 }
  /** Takes as many out of the queue as there is room for, and has them begin. */
  const callIn = (ctx: Context, { queued, room }: { queued: string[]; room: number }): string[] => {
    const called = queued.splice(0, Math.max(0, room))
    for (const key of called)
      ctx.genericSend({
        service: EXECUTIONS,
        method: 'admitted',
        key,
        parameter: new Uint8Array(),
        inputSerde: sdk.serde.binary,
      })
    return called
  }
  const taking = { ...PRIVATE, input: sdk.serde.binary }
  return sdk.object({
    name: PIPELINES,
    options: HANDLING,
    handlers: {
      enter: exclusive(taking, async (ctx: Context, bytes: Uint8Array): Promise<Admission> => {
        const { id, concurrency } = JSON.parse(Buffer.from(bytes).toString()) as Entering
        const gate = await gateOf(ctx)
        const isAdmitted = gate.running.length < concurrency
        ctx.set('gate', {
          last: gate.last + 1,
          running: isAdmitted ? [...gate.running, id] : gate.running,
          queued: isAdmitted ? gate.queued : [...gate.queued, id],
          concurrency,
        })
        return { index: gate.last + 1, isAdmitted }
      }),
      adopt: exclusive(taking, async (ctx: Context, bytes: Uint8Array): Promise<void> => {
        const { id, index, isQueued, concurrency } = JSON.parse(Buffer.from(bytes).toString()) as Adopted
        const gate = await gateOf(ctx)
        const queued = isQueued ? [...gate.queued, id] : [...gate.queued]
        const running = isQueued ? gate.running : [...gate.running, id]
        const called = callIn(ctx, { queued, room: concurrency - running.length })
        const last = Math.max(gate.last, index)
        ctx.set('gate', { last, running: [...running, ...called], queued, concurrency })
      }),
      leave: exclusive(taking, async (ctx: Context, bytes: Uint8Array): Promise<void> => {
        const id = JSON.parse(Buffer.from(bytes).toString()) as string
        const gate = await gateOf(ctx)
        const running = gate.running.filter((one) => one !== id)
        const queued = gate.queued.filter((one) => one !== id)
        const called = callIn(ctx, { queued, room: gate.concurrency - running.length })
        ctx.set('gate', { ...gate, running: [...running, ...called], queued })
      }),
    },
  })
}
