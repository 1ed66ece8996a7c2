import { rootCertificates } from 'node:tls'
import type { ExchangeOptions } from './exchange.ts'

/** The options of `tls.connect`. A CA of the caller's is trusted beside the platform's, not in their place. */
export function tlsOptions({ ca, cert, key, insecure }: ExchangeOptions) {
  return {
    ...(ca === undefined ? {} : { ca: [...rootCertificates, ca] }),
    ...(cert === undefined ? {} : { cert }),
    ...(key === undefined ? {} : { key }),
    ...(insecure ? { rejectUnauthorized: false } : {}),
  }
}
