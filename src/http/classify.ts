import type { AttemptFailure, FailureKind } from '../core/attempt.ts'

/** How far an exchange had come when it broke. */
export type Phase = 'connecting' | 'waiting' | 'reading'

const KIND_OF_CODE: Readonly<Record<string, FailureKind>> = {
  BIDE_EGRESS_DENIED: 'denied',
  ECONNREFUSED: 'refused',
  ECONNRESET: 'reset',
  ECONNABORTED: 'reset',
  EPIPE: 'reset',
  UND_ERR_SOCKET: 'reset',
  ERR_HTTP2_STREAM_ERROR: 'reset',
  ERR_HTTP2_SESSION_ERROR: 'reset',
  ERR_HTTP2_GOAWAY_SESSION: 'reset',
  UND_ERR_INFO: 'reset',
  EAI_AGAIN: 'dns-temporary',
  ENOTFOUND: 'dns-not-found',
  ENODATA: 'dns-not-found',
  ETIMEDOUT: 'connect-timeout',
  UND_ERR_CONNECT_TIMEOUT: 'connect-timeout',
  EHOSTUNREACH: 'unreachable',
  ENETUNREACH: 'unreachable',
  EADDRNOTAVAIL: 'unreachable',
  UND_ERR_INVALID_ARG: 'invalid-url',
  ERR_INVALID_URL: 'invalid-url',
}

/** What a person can do about a TLS failure, by OpenSSL's code. */
const TLS_REASON: Readonly<Record<string, string>> = {
  CERT_HAS_EXPIRED: 'the certificate has expired',
  CERT_NOT_YET_VALID: 'the certificate is not valid yet',
  DEPTH_ZERO_SELF_SIGNED_CERT: 'the certificate is self-signed; trust it by --cacert FILE',
  SELF_SIGNED_CERT_IN_CHAIN: 'the chain ends in an authority that is not trusted; name it by --cacert FILE',
  UNABLE_TO_VERIFY_LEAF_SIGNATURE:
    'the server does not send its intermediate certificate; add it by --cacert FILE',
  UNABLE_TO_GET_ISSUER_CERT: 'the issuer is not known; name it by --cacert FILE',
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: 'the issuer is not known; name it by --cacert FILE',
  CERT_REVOKED: 'the certificate was revoked',
  ERR_TLS_CERT_ALTNAME_INVALID: 'the certificate is for another name',
  EPROTO: 'the two sides found no common protocol; is this port HTTPS?',
  ERR_SSL_WRONG_VERSION_NUMBER: 'the server does not speak TLS on this port; is it http://?',
}
const TLS_CODE = /^(ERR_SSL_|ERR_TLS_|CERT_|UNABLE_TO_|DEPTH_ZERO|SELF_SIGNED|EPROTO)/

type Head = AttemptFailure['head']

/** A failure of the network as an attempt's failure: what kind it is, and one line for people. */
export function classify(error: Error, phase: Phase, head: Head): AttemptFailure {
  const cause = firstCause(error)
  const code = cause.code ?? ''
  if (phase === 'reading') {
    return {
      kind: 'truncated',
      message: `the connection was lost in the middle of the body: ${cause.message}`,
      head,
    }
  }
  if (TLS_CODE.test(code)) return { kind: 'tls', message: tlsMessage(code, cause), head }
  if (code.startsWith('HPE_') || cause.name === 'HTTPParserError' || code === 'UND_ERR_HEADERS_OVERFLOW') {
    return { kind: 'protocol', message: `the answer is not HTTP: ${cause.message}`, head }
  }
  const kind = KIND_OF_CODE[code] ?? 'protocol'
  return { kind, message: kind === 'reset' ? resetMessage(cause, phase) : cause.message, head }
}

/** Several addresses were tried (RFC 8305): the first one's error speaks for all. */
function firstCause(error: Error): NodeJS.ErrnoException {
  if (error instanceof AggregateError && error.errors[0] instanceof Error) return firstCause(error.errors[0])
  const { code } = error as NodeJS.ErrnoException
  return code === undefined && error.cause instanceof Error ? firstCause(error.cause) : error
}

function tlsMessage(code: string, cause: Error): string {
  const reason =
    TLS_REASON[code] ??
    (/wrong version/i.test(cause.message) ? TLS_REASON.ERR_SSL_WRONG_VERSION_NUMBER : null)
  return `TLS: ${reason ?? cause.message} (${code})`
}

function resetMessage(cause: Error, phase: Phase): string {
  const when = phase === 'connecting' ? 'while connecting' : 'before an answer came'
  return `the connection was closed ${when} (${cause.message})`
}
