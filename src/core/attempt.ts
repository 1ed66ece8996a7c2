/** What is to be sent: bindings are rendered, secrets are real values. */
export interface HttpRequest {
  readonly method: string
  readonly url: string
  /** Names as the user spelled them. */
  readonly headers: Readonly<Record<string, string>>
  readonly payload: string | null
}

export interface HttpResponse {
  readonly code: number
  /** Lower-case names; repeated headers joined by ", ". */
  readonly headers: Readonly<Record<string, string>>
  /** Decoded text. */
  readonly body: string
}

/** Why an attempt has no whole response. */
export type FailureKind =
  | 'dns-temporary'
  | 'dns-not-found'
  | 'refused'
  | 'reset'
  | 'connect-timeout'
  | 'timeout'
  | 'unreachable'
  | 'tls'
  | 'truncated'
  | 'too-large'
  | 'bad-encoding'
  | 'protocol'
  | 'redirect-loop'
  | 'invalid-url'
  | 'denied'
  | 'aborted'

export interface AttemptFailure {
  readonly kind: FailureKind
  /** One line for people, such as `connect ECONNREFUSED 127.0.0.1:80`; holds no secret. */
  readonly message: string
  /** The head of the response, where that much had come. */
  readonly head: Pick<HttpResponse, 'code' | 'headers'> | null
}

/** One HTTP request of a poll and all that came back, or why nothing did. Plain JSON. */
export interface Attempt {
  /** Epoch milliseconds. */
  readonly startedAt: number
  readonly durationMs: number
  /** True when the request carried an `If-None-Match` of ours. */
  readonly conditional: boolean
  readonly result: AttemptResult
  /** What happened on the way that a reader should know: redirects followed, headers dropped. */
  readonly notes: readonly string[]
}

export type AttemptResult =
  | { readonly kind: 'response'; readonly response: HttpResponse }
  | { readonly kind: 'failure'; readonly failure: AttemptFailure }

const TRANSIENT_FAILURES: ReadonlySet<FailureKind> = new Set([
  'dns-temporary',
  'dns-not-found',
  'refused',
  'reset',
  'connect-timeout',
  'timeout',
  'unreachable',
  'truncated',
])
const TRANSIENT_CODES: ReadonlySet<number> = new Set([408, 425, 500, 502, 503, 504, 521, 522, 523, 524])

/** True when a broken attempt can heal by itself: a restart, an overload, a name that is not there yet. */
export function isTransient(result: AttemptResult): boolean {
  return result.kind === 'failure'
    ? TRANSIENT_FAILURES.has(result.failure.kind)
    : TRANSIENT_CODES.has(result.response.code)
}
