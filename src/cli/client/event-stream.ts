import { EventSourceParserStream } from 'eventsource-parser/stream'
import { parseJson } from '../../core/json.ts'
import { classify } from '../../http/classify.ts'
import { addressOf } from '../../http/exchange.ts'
import { type Client, noAnswer, urlOf } from './client.ts'
import type { ServerAddress } from './server-address.ts'
import { refusal, UnreachableError } from './server-error.ts'

/** What happened to a poll or an execution, as a server tells it: numbered without a gap. */
export interface RunEvent {
  readonly number: number
  readonly kind: string
  readonly data: unknown
}

/** The server sends a comment every 15 s: where nothing came for so long, nobody is there any more. */
const SILENCE_MS = 45_000

/**
 * The events behind a number, as they come, from one connection; null where no more will come.
 * @throws UnreachableError, RefusedError. While it is read: an error where the connection is lost.
 */
export async function openEvents(
  client: Client,
  path: string,
  { after, signal }: { after: number; signal: AbortSignal },
): Promise<AsyncIterable<RunEvent> | null> {
  const answer = await open(client, path, { after, signal })
  if (answer.code === 204) return null
  if (answer.code !== 200) throw refusal(client.address, answer.code, parseJson(await textOf(answer.bytes)))
  return eventsIn(answer.bytes)
}

async function* eventsIn(bytes: Bytes): AsyncIterable<RunEvent> {
  const events = bytes.pipeThrough(new TextDecoderStream()).pipeThrough(new EventSourceParserStream())
  for await (const { data } of events) yield parseJson(data) as RunEvent
}

type Bytes = ReadableStream<Uint8Array<ArrayBuffer>>

function open(
  { address, exchange, headers }: Client,
  path: string,
  { after, signal }: { after: number; signal: AbortSignal },
): Promise<{ readonly code: number; readonly bytes: Bytes }> {
  const hop = {
    method: 'GET',
    ...addressOf(new URL(urlOf(address, path))),
    headers: headers({ accept: 'text/event-stream', 'last-event-id': String(after) }),
    body: null,
    lastText: null,
  }
  let isOpen = false
  return new Promise((resolve, reject) => {
    const bytes: Bytes = new ReadableStream({
      start(controller) {
        const end = (how: () => void) => {
          clearTimeout(watchdog)
          signal.removeEventListener('abort', abort)
          how()
        }
        const fail = (error: Error) =>
          end(() => {
            const lost = isOpen
              ? connectionLost(address, error)
              : noAnswer(address, classify(error, 'connecting', null))
            controller.error(lost)
            reject(lost)
          })
        const underway = exchange.start(hop, {
          onSent() {},
          onHead(code) {
            isOpen = true
            resolve({ code, bytes })
          },
          onData(chunk) {
            watchdog.refresh()
            controller.enqueue(new Uint8Array(chunk))
          },
          onEnd: () => end(() => controller.close()),
          onError: fail,
        })
        const abort = () => {
          underway.stop()
          fail(new Error('stopped'))
        }
        const watchdog = setTimeout(() => {
          underway.stop()
          fail(new Error(`nothing came for ${SILENCE_MS / 1000} s`))
        }, SILENCE_MS)
        signal.addEventListener('abort', abort, { once: true })
      },
    })
  })
}

function connectionLost({ url }: ServerAddress, { message }: Error): UnreachableError {
  return new UnreachableError(`the connection to ${url} was lost (${message})`, { hint: null, isThere: true })
}

async function textOf(bytes: Bytes): Promise<string> {
  return new Response(bytes).text()
}
