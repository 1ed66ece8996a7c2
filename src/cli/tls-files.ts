import { type Arguments, textValue } from './parse-arguments.ts'
import { readNamedFile } from './read-file.ts'
import { UsageError } from './usage-error.ts'

/** What `--cacert`, `--cert`, `--key`, `--insecure` and `--http2` say. @throws UsageError */
export function tlsFiles(parsed: Arguments) {
  const pem = (flag: string) => {
    const path = textValue(parsed, flag)
    return path === undefined ? undefined : readNamedFile(`--${flag}`, path)
  }
  const [ca, cert, key] = [pem('cacert'), pem('cert'), pem('key')]
  if ((cert === undefined) !== (key === undefined)) throw new UsageError('--cert and --key go together')
  return {
    ...(ca !== undefined && { ca }),
    ...(cert !== undefined && { cert }),
    ...(key !== undefined && { key }),
    insecure: parsed.values.insecure === true,
    http2: parsed.values.http2 === true,
  }
}
