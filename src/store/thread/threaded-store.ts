import { Worker } from 'node:worker_threads'
import { BideError } from '../../core/errors.ts'
import type { Store } from '../store.ts'
import { type Answer, type Call, errorOf, type Opening, type ThreadData, type ToldError } from './messages.ts'
import { createOutbox } from './outbox.ts'

/**
 * A SQLite store on threads of its own, so that nobody waits while the disk is waited for: one writes, the other reads,
 * which need not wait for what is written. `entry` is the built `store-thread`.
 *
 * @throws BideError as `sqliteStore` does.
 */
export async function threadedStore(path: string, entry: URL): Promise<Store> {
  const store = (await openThread(entry, { path, part: 'store' })) as Store
  const reads = (await openThread(entry, { path, part: 'reads' }).catch(async (error: unknown) => {
    await store.close()
    throw error
  })) as Pick<Store, 'close'>
  return {
    ...store,
    ...reads,
    async close() {
      await reads.close()
      await store.close()
    },
  }
}

/** What goes through a thread is forgotten at once: with V8's usual 48 MB its heap is 40 MB, of which it needs 4. */
const YOUNG_MB = 12

async function openThread(entry: URL, workerData: ThreadData): Promise<unknown> {
  const worker = new Worker(entry, { workerData, resourceLimits: { maxYoungGenerationSizeMb: YOUNG_MB } })
  const opening = await firstMessage(worker)
  if (opening.kind === 'failed') {
    await worker.terminate()
    throw errorOf(opening.error)
  }
  const ended = new Promise<void>((resolve) => worker.on('exit', () => resolve()))
  const methods = storeOf(opening.methods, callsOf(worker)) as unknown as Pick<Store, 'close'>
  return {
    ...methods,
    async close() {
      await methods.close()
      await ended
    },
  }
}

function firstMessage(worker: Worker): Promise<Opening> {
  return new Promise((resolve, reject) => {
    worker.once('message', resolve)
    worker.once('error', reject)
  })
}

/** A message wakes the other thread, which costs more than all that is in it; a group waits longer for the disk. */
const COLLECT_MS = 1

type CallMethod = (method: string, args: readonly unknown[]) => Promise<unknown>

interface Waiting {
  readonly resolve: (value: unknown) => void
  readonly reject: (error: Error) => void
}

function callsOf(worker: Worker): CallMethod {
  const waiting = new Map<number, Waiting>()
  let calls = 0
  let death: Error | null = null
  const post = createOutbox<Call>(
    (messages) => worker.postMessage(messages),
    (flush) => setTimeout(flush, COLLECT_MS),
  )
  worker.on('message', (answers: readonly Answer[]) => {
    for (const [number, kind, given] of answers) {
      const { resolve, reject } = waiting.get(number) as Waiting
      waiting.delete(number)
      if (kind === 'done') resolve(given)
      else reject(errorOf(given as ToldError))
    }
  })
  const die = (cause: Error | null) => {
    death ??= new BideError(
      'store',
      `the thread of the store has ended${cause ? `: ${cause.message}` : ''}`,
      {
        cause,
        hint: 'start the server again',
      },
    )
    for (const { reject } of waiting.values()) reject(death)
    waiting.clear()
  }
  worker.on('error', die)
  worker.on('exit', () => die(null))
  return (method, args) =>
    new Promise((resolve, reject) => {
      if (death !== null) return reject(death)
      waiting.set(++calls, { resolve, reject })
      post([calls, method, args])
    })
}

type Methods = { [name: string]: Methods | ((...args: readonly unknown[]) => Promise<unknown>) }

/** An object with those methods; `shelf.get` is `get` of its `shelf`. */
function storeOf(names: readonly string[], call: CallMethod): Methods {
  const store: Methods = {}
  for (const name of names) {
    const parts = name.split('.')
    const last = parts.pop() as string
    let place = store
    for (const part of parts) {
      place[part] ??= {}
      place = place[part] as Methods
    }
    place[last] = (...args) => call(name, args)
  }
  return store
}
