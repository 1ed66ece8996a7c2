import type { Transform } from 'node:stream'
import type * as zlib from 'node:zlib'

/** Takes a body in pieces, decodes it as it comes, and never holds more than `maxBytes` decoded. */
export interface BodyReader {
  push(chunk: Buffer): void
  /** No more pieces will come. */
  end(): void
}

export interface BodyHandler {
  onText(text: string): void
  /** `too-large` or `bad-encoding`, with what is to be said. */
  onProblem(problem: { readonly kind: 'too-large' | 'bad-encoding'; readonly message: string }): void
}

export interface BodyOptions {
  readonly contentEncoding: string
  readonly contentType: string
  readonly maxBytes: number
}

/** A compressed body is hardly ever larger than what it holds; beyond this it will not be below the cap. */
const WIRE_ALLOWANCE = 64 * 1024

/** A reader for a body with these headers; what it finds goes to the handler, once. */
export function bodyReader(options: BodyOptions, handler: BodyHandler): BodyReader {
  const collector = new Collector(options, handler)
  if (options.contentEncoding === '') return collector
  const encodings = options.contentEncoding
    .split(',')
    .map((name) => name.trim().toLowerCase())
    .filter((name) => name !== '' && name !== 'identity')
  return encodings.length === 0 ? collector : decode(encodings.reverse(), { collector, handler, options })
}

/** The encodings that this platform can decode, as `Accept-Encoding` lists them. */
export const ACCEPT_ENCODING = `gzip, deflate, br${'zstd' in process.versions ? ', zstd' : ''}`

/** A class, since one is made at every attempt; most bodies come in one piece. */
class Collector implements BodyReader {
  #first: Buffer | null = null
  #more: Buffer[] | null = null
  #size = 0
  #over = false
  readonly #contentType: string
  readonly #maxBytes: number
  readonly #handler: BodyHandler

  constructor({ contentType, maxBytes }: BodyOptions, handler: BodyHandler) {
    this.#contentType = contentType
    this.#maxBytes = maxBytes
    this.#handler = handler
  }

  push(chunk: Buffer): void {
    if (this.#over) return
    this.#size += chunk.length
    if (this.#size > this.#maxBytes) {
      this.#over = true
      this.#first = null
      this.#more = null
      this.#handler.onProblem(tooLarge(this.#maxBytes))
    } else if (this.#first === null) this.#first = chunk
    else if (this.#more === null) this.#more = [this.#first, chunk]
    else this.#more.push(chunk)
  }

  end(): void {
    if (this.#over) return
    this.#over = true
    const body = this.#more === null ? this.#first : Buffer.concat(this.#more)
    this.#handler.onText(body === null ? '' : decodeText(body, this.#contentType))
  }
}

interface Decoding {
  readonly collector: BodyReader
  readonly handler: BodyHandler
  readonly options: BodyOptions
}

/** Pieces that come while zlib is loaded wait in order; the decoders run off the main thread. */
function decode(encodings: readonly string[], { collector, handler, options }: Decoding): BodyReader {
  let wireBytes = 0
  let over = false
  let head: Promise<Transform | null> | null = null
  const fail = (kind: 'too-large' | 'bad-encoding', message: string) => {
    if (over) return
    over = true
    void head?.then((stream) => stream?.destroy())
    handler.onProblem({ kind, message })
  }
  const open = async (first: Buffer): Promise<Transform | null> => {
    const streams = await decoders(encodings, first)
    if (typeof streams === 'string') {
      fail(
        'bad-encoding',
        `the body is encoded as ${JSON.stringify(streams.slice(0, 40))}, which is not known here`,
      )
      return null
    }
    for (const stream of streams)
      stream.on('error', () => fail('bad-encoding', 'the body is not what its Content-Encoding says'))
    streams.reduce((from, to) => from.pipe(to))
    streams.at(-1)!.on('data', (chunk: Buffer) => {
      if (!over) collector.push(chunk)
    })
    streams.at(-1)!.on('end', () => {
      if (!over) collector.end()
    })
    return streams[0]!
  }
  return {
    push(chunk) {
      if (over) return
      wireBytes += chunk.length
      if (wireBytes > options.maxBytes + WIRE_ALLOWANCE)
        return fail('too-large', tooLarge(options.maxBytes).message)
      head ??= open(chunk)
      void head.then((stream) => over || stream?.write(chunk))
    },
    end() {
      if (head === null) return collector.end()
      void head.then((stream) => over || stream?.end())
    },
  }
}

/** A decoder an encoding, in the order in which they undo each other; the name of one that is not known. */
async function decoders(encodings: readonly string[], first: Buffer): Promise<Transform[] | string> {
  const lib = await import('node:zlib')
  const streams: Transform[] = []
  for (const name of encodings) {
    const make = decoderOf(lib, name, first)
    if (make === null) return name
    streams.push(make())
  }
  return streams
}

function decoderOf(lib: typeof zlib, name: string, first: Buffer): (() => Transform) | null {
  switch (name) {
    case 'gzip':
    case 'x-gzip':
      return () => lib.createGunzip()
    case 'deflate':
      // Named for zlib's format (RFC 9110, 8.4.1.2), yet some servers send it raw: the low nibble tells.
      return () =>
        first[0] !== undefined && (first[0] & 0x0f) === 8 ? lib.createInflate() : lib.createInflateRaw()
    case 'br':
      return () => lib.createBrotliDecompress()
    case 'zstd': {
      const create = (lib as { createZstdDecompress?: () => Transform }).createZstdDecompress
      return create ? () => create() : null
    }
    default:
      return null
  }
}

const MAY_NAME_CHARSET = /charset/i

function tooLarge(maxBytes: number) {
  const message = `the body is larger than ${maxBytes} bytes decoded (maxBodyBytes, --max-body)`
  return { kind: 'too-large', message } as const
}

function decodeText(body: Buffer, contentType: string): string {
  if (!MAY_NAME_CHARSET.test(contentType)) return body.toString('utf8')
  const charset = /;\s*charset="?([^";\s]+)/i.exec(contentType)?.[1]?.toLowerCase() ?? 'utf-8'
  if (charset === 'utf-8' || charset === 'utf8') return body.toString('utf8')
  try {
    return new TextDecoder(charset).decode(body)
  } catch {
    return body.toString('utf8')
  }
}
