// Entry of the thread on which `threadedStore` has its store: built as a file of its own.
import { type MessagePort, parentPort, workerData } from 'node:worker_threads'
import { sqliteReader, sqliteStore } from '../sqlite/sqlite-store.ts'
import { type Answer, type Call, type Opening, type ThreadData, toldError } from './messages.ts'
import { createOutbox } from './outbox.ts'

type Method = (...args: readonly unknown[]) => Promise<unknown>

async function open(port: MessagePort, { path, part }: ThreadData): Promise<void> {
  const opening = (message: Opening) => port.postMessage(message)
  try {
    const methods = methodsOf(await (part === 'reads' ? sqliteReader(path) : sqliteStore(path)))
    port.on('message', answering(port, methods))
    opening({ kind: 'open', methods: [...methods.keys()] })
  } catch (error) {
    opening({ kind: 'failed', error: toldError(error) })
  }
}

function answering(port: MessagePort, methods: ReadonlyMap<string, Method>) {
  const answer = createOutbox<Answer>((answers) => port.postMessage(answers), setImmediate)
  const carryOut = async ([number, method, args]: Call) => {
    try {
      answer([number, 'done', await (methods.get(method) as Method)(...args)])
    } catch (error) {
      answer([number, 'failed', toldError(error)])
    }
    // Its answer goes first.
    if (method === 'close') setImmediate(() => port.close())
  }
  return (calls: readonly Call[]) => {
    for (const call of calls) void carryOut(call)
  }
}

/** Whatever a store can do, by name: a method that is new needs nothing here. */
function methodsOf(store: object, prefix = ''): Map<string, Method> {
  const methods = Object.entries(store).flatMap(([name, value]): [string, Method][] =>
    typeof value === 'function'
      ? [[prefix + name, value as Method]]
      : [...methodsOf(value, `${prefix}${name}.`)],
  )
  return new Map(methods)
}

void open(parentPort as MessagePort, workerData as ThreadData)
