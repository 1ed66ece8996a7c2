import type { Option } from './option.ts'

export const HELP: Option = { flag: 'help', short: 'h', help: 'this' }

export const QUIET: Option = { flag: 'quiet', short: 'q', help: 'nothing on stderr but errors' }

export const TLS_OPTIONS: readonly Option[] = [
  { flag: 'cacert', value: 'FILE', help: 'PEM; trusted beside the known authorities' },
  { flag: 'cert', value: 'FILE', help: 'PEM of a client certificate' },
  { flag: 'key', value: 'FILE', help: 'PEM of its key' },
  { flag: 'insecure', short: 'k', help: 'do not verify certificates' },
  { flag: 'http2', help: 'HTTP/2 where the server speaks it' },
]

export const EYE_OPTIONS: readonly Option[] = [
  QUIET,
  { flag: 'no-color', help: 'no colours on a terminal, as with NO_COLOR' },
  HELP,
]

export const RESULT_OPTIONS: readonly Option[] = [
  { flag: 'json', help: 'the result as one JSON object on stdout' },
  { flag: 'jsonl', help: 'a JSON line for each attempt, then the result' },
  { flag: 'print', value: 'EXPRESSION', help: 'a value out of the last response on stdout' },
]

export const INPUT_OPTION: Option = {
  flag: 'input',
  value: 'NAME=VALUE',
  repeatable: true,
  help: 'an input of the pipeline; env:NAME or file:PATH as the value is a secret',
}

export const DATA_OPTIONS: readonly Option[] = [
  { flag: 'data', value: 'FOLDER', help: 'the data folder of a server (./bide-data)' },
  {
    flag: 'key-file',
    value: 'FILE',
    help: 'the key under which secrets are kept (BIDE_KEY_FILE, the text of BIDE_KEY, or key in the folder)',
  },
]
