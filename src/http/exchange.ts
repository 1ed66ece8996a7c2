import type { EgressGuard } from './egress.ts'

/** One hop: a request on one connection and what comes back, with no policy at all. Two clients fill this port. */
export interface Exchange {
  /** Begins; the handler hears what happens. */
  start(hop: Hop, handler: ExchangeHandler): Underway
  close(): Promise<void>
}

/** An exchange that has begun. */
export interface Underway {
  /** Breaks it off: nothing is heard after that. */
  stop(): void
}

export interface Hop {
  readonly method: string
  /** Scheme, host and port, as in `https://host:8443`. */
  readonly origin: string
  /** Path and query. */
  readonly path: string
  readonly headers: Readonly<Record<string, string>>
  readonly body: Buffer | null
  /** The text of its last answer, which is given again where the next one is the same: a poll's mostly is. */
  lastText: string | null
}

/** Where a hop goes. */
export function addressOf(url: URL): Pick<Hop, 'origin' | 'path'> {
  return { origin: url.origin, path: url.search === '' ? url.pathname : url.pathname + url.search }
}

export interface ExchangeHandler {
  /** The request is being written; `reused` when the connection has served one before. */
  onSent(reused: boolean): void
  onHead(code: number, headers: RawHeaders): void
  onData(chunk: Buffer): void
  onEnd(): void
  onError(error: Error): void
}

/** As both clients give them: lower-case names, a list where a header came more than once. */
export type RawHeaders = Readonly<Record<string, string | readonly string[] | undefined>>

/** What both clients are made from. */
export interface ExchangeOptions {
  /** PEM, trusted beside the platform's authorities. */
  readonly ca?: string
  /** PEM of a client certificate, with `key`. */
  readonly cert?: string
  readonly key?: string
  /** TLS certificates are not verified. */
  readonly insecure?: boolean
  /** HTTP/2 where the server speaks it (ALPN). */
  readonly http2?: boolean
  /** Connections at most to one origin; 50 by default where they are pooled. */
  readonly connections?: number | undefined
  /** Says where no connection may be made; a proxy would hide that, so there is none then. */
  readonly egress?: EgressGuard
  /** Use `HTTP_PROXY`, `HTTPS_PROXY` and `NO_PROXY`. */
  readonly proxyFromEnvironment?: boolean
}
