import type { Command, Option } from './option.ts'
import { DATA_OPTIONS, HELP, QUIET } from './shared.ts'

const ENGINE: Option = {
  flag: 'engine',
  value: 'NAME',
  help: 'where runs live: embedded, in the data folder, or restate, in a cluster (embedded)',
}

const RESTATE_OPTIONS: readonly Option[] = [
  {
    flag: 'restate-url',
    value: 'URL',
    repeatable: true,
    help: 'the ingress of Restate; of several nodes, the next is tried where one is away',
  },
  {
    flag: 'restate-admin-url',
    value: 'URL',
    repeatable: true,
    help: 'the admin of Restate (port 9070 of the same host)',
  },
]

const EGRESS_OPTIONS: readonly Option[] = [
  { flag: 'egress', value: 'MODE', help: 'where polls may go: open, internal or public (internal)' },
  {
    flag: 'egress-allow',
    value: 'TARGET',
    repeatable: true,
    help: 'a range, address or host, with :PORT or without',
  },
  { flag: 'egress-deny', value: 'TARGET', repeatable: true, help: 'wins over all that is allowed' },
]

export const SERVE_OPTIONS: readonly Option[] = [
  { flag: 'port', value: 'N', kind: 'integer', help: 'where to listen (4646); 0 takes any that is free' },
  { flag: 'host', value: 'ADDRESS', help: 'where to listen (127.0.0.1); beyond loopback only with --tokens' },
  { flag: 'data', value: 'FOLDER', help: 'where polls are kept (./bide-data)' },
  {
    flag: 'key-file',
    value: 'FILE',
    help: 'the key under which secrets are kept (BIDE_KEY_FILE, or key in the folder)',
  },
  { flag: 'tokens', value: 'FILE', help: 'who may do what: a line each, ROLE NAME SHA-256' },
  { flag: 'allow-host', value: 'NAME', repeatable: true, help: 'a name by which callers reach the server' },
  ...EGRESS_OPTIONS,
  ENGINE,
  ...RESTATE_OPTIONS,
  { flag: 'keep', value: 'TIME', kind: 'duration', help: 'how long a poll is kept after its end (30d)' },
  { flag: 'keep-rows', value: 'N', kind: 'integer', help: 'so many ended polls are kept at most (all)' },
  {
    flag: 'max-store-bytes',
    value: 'BYTES',
    kind: 'bytes',
    help: 'with so much in the store, nothing more is taken in (no limit)',
  },
  {
    flag: 'origin-concurrency',
    value: 'N',
    kind: 'integer',
    help: 'attempts at a time to one origin (16)',
  },
  { flag: 'origin-rate', value: 'N', kind: 'integer', help: 'attempts a second to one origin (no limit)' },
  {
    flag: 'grace',
    value: 'TIME',
    kind: 'duration',
    help: 'how long a stop waits for attempts in flight (10s)',
  },
  { flag: 'log-format', value: 'FORMAT', help: 'text for people, json for machines; on stderr (text)' },
  { flag: 'log-level', value: 'LEVEL', help: 'debug, info, warn or error (info)' },
  HELP,
]

export const DB_OPTIONS: readonly Option[] = [
  ...DATA_OPTIONS,
  {
    flag: 'new-key-file',
    value: 'FILE',
    help: 'rotate-key: where the new key is, or is put; to be named from then on (the key in the folder is replaced)',
  },
  { flag: 'json', help: 'check: what was found as one JSON object on stdout' },
  QUIET,
  HELP,
]

export const MOVING_OPTIONS: readonly Option[] = [
  ENGINE,
  ...DATA_OPTIONS,
  ...RESTATE_OPTIONS,
  {
    flag: 'file-key',
    value: 'FILE',
    help: 'the key of the moved file, of 64 hex digits (that of the data folder or the cluster)',
  },
  { flag: 'json', help: 'how many were moved as one JSON object on stdout' },
  { flag: 'quiet', short: 'q', help: 'nothing on stderr but errors, and what was not taken in' },
  HELP,
]

export const WORKER_OPTIONS: readonly Option[] = [
  { ...ENGINE, help: 'restate: the only engine that has workers of its own (restate)' },
  ...RESTATE_OPTIONS,
  {
    flag: 'port',
    value: 'N',
    kind: 'integer',
    help: 'where Restate reaches this worker (9080); 0 takes any',
  },
  { flag: 'host', value: 'ADDRESS', help: 'where to listen (127.0.0.1)' },
  {
    flag: 'advertise',
    value: 'URL',
    help: 'the address that Restate is told: of this worker, or of what balances between several',
  },
  {
    flag: 'revision',
    value: 'NAME',
    help: 'the last part of that address: another one for another program (the version of bide)',
  },
  {
    flag: 'identity-key',
    value: 'KEY',
    help: 'publickeyv1_...: requests of Restate must be signed by it',
  },
  { flag: 'key-file', value: 'FILE', help: 'the key that servers and workers share (BIDE_KEY_FILE)' },
  ...EGRESS_OPTIONS,
  {
    flag: 'per-origin',
    value: 'N',
    kind: 'integer',
    help: 'attempts to one origin at a time, of all workers together (16)',
  },
  { flag: 'keep', value: 'TIME', kind: 'duration', help: 'how long a run is kept after its end (30d)' },
  {
    flag: 'grace',
    value: 'TIME',
    kind: 'duration',
    help: 'how long a stop, or drain, waits for what is in flight (10s; drain 10m)',
  },
  HELP,
]

export const CLUSTER_OPTIONS: readonly Option[] = [
  {
    flag: 'nodes',
    value: 'N',
    kind: 'integer',
    help: 'how many (3); from three on, each record is kept twice',
  },
  { flag: 'data', value: 'FOLDER', help: 'where the nodes keep what they keep (./bide-cluster)' },
  { flag: 'json', help: 'the addresses as one JSON object on stdout' },
  HELP,
]

export const SERVER_COMMANDS: readonly Command[] = [
  {
    name: 'serve',
    usage: 'bide serve [options]',
    about: 'Runs a server that takes polls over HTTP and carries them on across restarts.',
    options: SERVE_OPTIONS,
  },
  {
    name: 'db',
    usage: 'bide db check | backup FILE | vacuum | rotate-key [options]',
    actions: ['check', 'backup', 'vacuum', 'rotate-key'],
    about: 'Looks after the data folder of a server: its integrity, a copy, unused room, the key.',
    options: DB_OPTIONS,
  },
  {
    name: 'export',
    usage: 'bide export FILE [options]',
    about:
      'Moves what waits out of a data folder that no server has, or out of Restate: into a file, sealed; held here from then on.',
    options: MOVING_OPTIONS,
  },
  {
    name: 'import',
    usage: 'bide import FILE [options]',
    about:
      'Takes in what was exported elsewhere: polls and executions go on with their counts and deadlines.',
    options: MOVING_OPTIONS,
  },
  {
    name: 'worker',
    usage: 'bide worker [drain] --restate-url URL [options]',
    actions: ['drain'],
    about:
      'Makes the attempts of runs that live in Restate; drain: waits until older versions have nothing in flight.',
    options: WORKER_OPTIONS,
  },
  {
    name: 'cluster',
    usage: 'bide cluster up [options]',
    actions: ['up'],
    about: 'Starts Restate nodes on loopback, for trying and testing, until a signal.',
    options: CLUSTER_OPTIONS,
  },
]
