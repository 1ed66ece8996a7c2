/** One row an option: parsing, help and docs/command-line.md come from it. */
export interface Option {
  readonly flag: string
  readonly short?: string
  /** What stands for its value; without it, the flag is a switch. */
  readonly value?: string
  readonly repeatable?: boolean
  /** The key of the task that it sets, where it sets one. */
  readonly key?: string
  readonly kind?: 'text' | 'integer' | 'duration' | 'bytes' | 'backoff' | 'ignore-failure'
  readonly help: string
}

const condition = { value: 'CONDITION', kind: 'text' } as const

const HELP: Option = { flag: 'help', short: 'h', help: 'this' }

const TLS_OPTIONS: readonly Option[] = [
  { flag: 'cacert', value: 'FILE', help: 'PEM; trusted beside the known authorities' },
  { flag: 'cert', value: 'FILE', help: 'PEM of a client certificate' },
  { flag: 'key', value: 'FILE', help: 'PEM of its key' },
  { flag: 'insecure', short: 'k', help: 'do not verify certificates' },
  { flag: 'http2', help: 'HTTP/2 where the server speaks it' },
]

const EYE_OPTIONS: readonly Option[] = [
  { flag: 'quiet', short: 'q', help: 'nothing on stderr but errors' },
  { flag: 'no-color', help: 'no colours on a terminal, as with NO_COLOR' },
  HELP,
]

const VARIABLE_OPTIONS: readonly Option[] = [
  {
    flag: 'var',
    value: 'NAME=VALUE',
    repeatable: true,
    help: 'a variable; env:NAME or file:PATH as the value is a secret',
  },
  {
    flag: 'var-file',
    value: 'FILE',
    repeatable: true,
    help: 'variables in YAML or JSON: a map, or documents of kind: VARIABLE',
  },
]

const INPUT_OPTION: Option = {
  flag: 'input',
  value: 'NAME=VALUE',
  repeatable: true,
  help: 'an input of the pipeline; env:NAME or file:PATH as the value is a secret',
}

const PIPELINE_OPTIONS: readonly Option[] = [
  { flag: 'pipeline', value: 'NAME', help: 'which one, where the files hold several' },
  INPUT_OPTION,
  ...VARIABLE_OPTIONS,
]

const CLIENT_OPTIONS: readonly Option[] = [
  { flag: 'server', value: 'URL', help: 'the server (BIDE_SERVER, or http://127.0.0.1:4646)' },
  {
    flag: 'token',
    value: 'env:NAME|file:PATH',
    help: 'where the token is that the server wants (the text of BIDE_TOKEN)',
  },
  { flag: 'cacert', value: 'FILE', help: "PEM; trusted for the server's certificate" },
]

const TASK_OPTIONS: readonly Option[] = [
  {
    flag: 'success',
    key: 'exitCriteria.success',
    ...condition,
    help: 'ends the poll as succeeded (default: a 2xx code)',
  },
  {
    flag: 'failure',
    key: 'exitCriteria.failure',
    ...condition,
    help: 'ends the poll as failed; asked first',
  },
  {
    flag: 'pending',
    key: 'exitCriteria.pending',
    ...condition,
    help: '"still at it"; what meets none of the three is broken',
  },
  { flag: 'count', key: 'pollCount', value: 'N', kind: 'integer', help: 'attempts at most (60)' },
  {
    flag: 'interval',
    key: 'pollIntervalSeconds',
    value: 'TIME',
    kind: 'duration',
    help: 'pause between attempts, as in 500ms, 10s, 5m, 1h (5s)',
  },
  {
    flag: 'ignore-intermediate-failure',
    key: 'ignoreFailure',
    value: '[=transient]',
    kind: 'ignore-failure',
    help: 'broken attempts count as pending; transient: only those that can heal',
  },
  {
    flag: 'header',
    short: 'H',
    value: 'NAME: VALUE',
    repeatable: true,
    help: 'sent with every attempt; env:NAME or file:PATH as the value (or after its first word) is a secret',
  },
  {
    flag: 'header-file',
    value: 'FILE',
    repeatable: true,
    help: 'headers, one a line; their values are secrets',
  },
  { flag: 'request', short: 'X', key: 'method', value: 'METHOD', kind: 'text', help: 'the method (GET)' },
  {
    flag: 'data',
    short: 'd',
    value: 'TEXT|@FILE',
    help: 'the body, sent anew with every attempt; implies POST',
  },
  {
    flag: 'timeout',
    key: 'timeoutSeconds',
    value: 'TIME',
    kind: 'duration',
    help: 'the whole task, from its start (none)',
  },
  {
    flag: 'request-timeout',
    key: 'requestTimeoutSeconds',
    value: 'TIME',
    kind: 'duration',
    help: 'one attempt, connect to last byte (30s)',
  },
  {
    flag: 'initial-delay',
    key: 'initialDelaySeconds',
    value: 'TIME',
    kind: 'duration',
    help: 'before the first attempt (0s)',
  },
  {
    flag: 'backoff',
    key: 'backoff',
    value: 'FACTOR',
    kind: 'backoff',
    help: 'grows the interval: 2, or factor=2,max=60s,jitter=0.2',
  },
  {
    flag: 'success-threshold',
    key: 'successThreshold',
    value: 'N',
    kind: 'integer',
    help: 'attempts in a row that must succeed (1)',
  },
  {
    flag: 'progress',
    key: 'progress',
    value: 'EXPRESSION',
    kind: 'text',
    help: 'a number out of the response, such as progress',
  },
  {
    flag: 'stall',
    key: 'stallSeconds',
    value: 'TIME',
    kind: 'duration',
    help: 'no change of progress for so long ends the poll',
  },
  {
    flag: 'max-body',
    key: 'maxBodyBytes',
    value: 'BYTES',
    kind: 'bytes',
    help: 'decoded, as in 500k, 5M (5M)',
  },
  { flag: 'file', short: 'f', value: 'FILE', help: 'a task in YAML or JSON; flags win over it' },
]

const RESULT_OPTIONS: readonly Option[] = [
  { flag: 'json', help: 'the result as one JSON object on stdout' },
  { flag: 'jsonl', help: 'a JSON line for each attempt, then the result' },
  { flag: 'print', value: 'EXPRESSION', help: 'a value out of the last response on stdout' },
]

export const POLL_OPTIONS: readonly Option[] = [
  ...TASK_OPTIONS,
  { flag: 'resume', value: 'FILE', help: 'keep the state here after each attempt, and go on from it' },
  ...TLS_OPTIONS,
  ...RESULT_OPTIONS,
  ...EYE_OPTIONS,
]

export const CHECK_OPTIONS: readonly Option[] = [
  { flag: 'success', ...condition, help: 'the success condition' },
  { flag: 'failure', ...condition, help: 'the failure condition' },
  { flag: 'response', value: 'FILE|-', help: 'a body to try them against; nothing is sent' },
  { flag: 'code', value: 'N', kind: 'integer', help: 'the code of that response (200)' },
  ...VARIABLE_OPTIONS,
  { flag: 'json', help: 'the problems of the files as one JSON array on stdout' },
  { flag: 'format', value: 'github', help: 'the problems of the files as annotations of a workflow' },
  HELP,
]

export const RUN_OPTIONS: readonly Option[] = [
  ...PIPELINE_OPTIONS,
  { flag: 'resume', value: 'FILE', help: 'keep the state here, and go on from it' },
  { flag: 'retry-unknown', help: 'send again what was in flight when an earlier run was killed' },
  ...TLS_OPTIONS,
  { flag: 'json', help: 'the run as one JSON object on stdout' },
  { flag: 'jsonl', help: 'a JSON line for each change and attempt, then the run' },
  ...EYE_OPTIONS,
]

export const PLAN_OPTIONS: readonly Option[] = [
  ...PIPELINE_OPTIONS,
  { flag: 'json', help: 'the plan as one JSON object on stdout' },
  HELP,
]

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

export const SUBMIT_OPTIONS: readonly Option[] = [
  ...TASK_OPTIONS,
  { flag: 'name', value: 'NAME', help: 'what the poll is called on the server' },
  { flag: 'pipeline', value: 'NAME', help: 'which one is started, of the files or of those on the server' },
  INPUT_OPTION,
  { flag: 'comments', value: 'TEXT', help: 'why it is started; kept with the execution' },
  {
    flag: 'idempotency-key',
    value: 'KEY',
    help: 'the same key again starts nothing, and gives the first answer',
  },
  { flag: 'wait', short: 'w', help: 'show it until it has ended; the exit code says how' },
  ...CLIENT_OPTIONS,
  ...RESULT_OPTIONS,
  ...EYE_OPTIONS,
]

export const WATCH_OPTIONS: readonly Option[] = [...CLIENT_OPTIONS, ...RESULT_OPTIONS, ...EYE_OPTIONS]

export const LS_OPTIONS: readonly Option[] = [
  { flag: 'status', value: 'STATUS', help: 'of that status alone, such as RUNNING or FAILED' },
  { flag: 'kind', value: 'poll|execution', help: 'of that kind alone' },
  { flag: 'name', value: 'NAME', help: 'of exactly that name' },
  { flag: 'pipeline', value: 'NAME', help: 'executions of that pipeline' },
  { flag: 'text', value: 'TEXT', help: 'with that text in name, id or origin' },
  { flag: 'limit', value: 'N', kind: 'integer', help: 'so many at most, newest first (50)' },
  ...CLIENT_OPTIONS,
  { flag: 'json', help: 'as one JSON array on stdout' },
  HELP,
]

export const SHOW_OPTIONS: readonly Option[] = [
  ...CLIENT_OPTIONS,
  { flag: 'json', help: 'all that the server says, as one JSON object on stdout' },
  HELP,
]

export const COMMAND_OPTIONS: readonly Option[] = [
  ...CLIENT_OPTIONS,
  { flag: 'json', help: 'what has become of it, as one JSON object on stdout' },
  { flag: 'quiet', short: 'q', help: 'nothing on stderr but errors' },
  HELP,
]

export const VARIABLE_COMMAND_OPTIONS: readonly Option[] = [
  { flag: 'kind', value: 'KIND', help: 'REGULAR; SECRET: never shown; RESTRICTED: for administrators only' },
  {
    flag: 'value',
    value: 'env:NAME|file:PATH|-',
    help: 'where its value is; of a REGULAR one also the text',
  },
  { flag: 'description', value: 'TEXT', help: 'what it is for' },
  ...CLIENT_OPTIONS,
  { flag: 'json', help: 'ls: as one JSON array on stdout' },
  { flag: 'quiet', short: 'q', help: 'nothing on stderr but errors' },
  HELP,
]

const DATA_OPTIONS: readonly Option[] = [
  { flag: 'data', value: 'FOLDER', help: 'the data folder of a server (./bide-data)' },
  {
    flag: 'key-file',
    value: 'FILE',
    help: 'the key under which secrets are kept (BIDE_KEY_FILE, the text of BIDE_KEY, or key in the folder)',
  },
]

export const TOKEN_OPTIONS: readonly Option[] = [
  { flag: 'role', value: 'ROLE', help: 'create: viewer, runner, editor or admin (runner)' },
  ...DATA_OPTIONS,
  { flag: 'server', value: 'URL', help: 'in place of --data: a server that runs, asked as an admin' },
  ...CLIENT_OPTIONS.filter(({ flag }) => flag !== 'server'),
  { flag: 'json', help: 'as JSON on stdout' },
  { flag: 'quiet', short: 'q', help: 'nothing on stderr but errors' },
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
  { flag: 'quiet', short: 'q', help: 'nothing on stderr but errors' },
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

export const COMPLETION_OPTIONS: readonly Option[] = [HELP]

export interface Command {
  readonly name: string
  readonly usage: string
  readonly about: string
  readonly options: readonly Option[]
  /** What its first argument may be, where that is one of a list. */
  readonly actions?: readonly string[]
}

export const COMMANDS: readonly Command[] = [
  {
    name: 'poll',
    usage: 'bide poll URL [options]',
    about: 'Polls a URL until its job has succeeded, failed, or run out of time.',
    options: POLL_OPTIONS,
  },
  {
    name: 'run',
    usage: 'bide run FILE [options]',
    about: 'Runs a pipeline: its REST, POLL, CONDITION and PIPELINE tasks.',
    options: RUN_OPTIONS,
  },
  {
    name: 'plan',
    usage: 'bide plan FILE [options]',
    about: 'Shows what a run would send, in order, and the longest that it can take. Sends nothing.',
    options: PLAN_OPTIONS,
  },
  {
    name: 'check',
    usage: 'bide check FILE... | --success CONDITION [options]',
    about: 'Checks pipeline files, or tries conditions and says why they hold or not. Sends nothing.',
    options: CHECK_OPTIONS,
  },
  {
    name: 'serve',
    usage: 'bide serve [options]',
    about: 'Runs a server that takes polls over HTTP and carries them on across restarts.',
    options: SERVE_OPTIONS,
  },
  {
    name: 'submit',
    usage: 'bide submit URL | FILE... [options]',
    about: 'Gives a poll or a pipeline to a server, which carries it on. The options of bide poll, and more.',
    options: SUBMIT_OPTIONS,
  },
  {
    name: 'ls',
    usage: 'bide ls [options]',
    about: 'Lists what runs or has run on a server, newest first.',
    options: LS_OPTIONS,
  },
  {
    name: 'show',
    usage: 'bide show ID [options]',
    about: 'Shows a poll or an execution: why it still waits and until when, or how it ended.',
    options: SHOW_OPTIONS,
  },
  {
    name: 'watch',
    usage: 'bide watch ID [options]',
    about: 'Shows a poll or an execution of a server until it has ended; the exit code says how.',
    options: WATCH_OPTIONS,
  },
  {
    name: 'cancel',
    usage: 'bide cancel ID [options]',
    about: 'Ends a poll or an execution; what is in flight is broken off.',
    options: COMMAND_OPTIONS,
  },
  {
    name: 'pause',
    usage: 'bide pause ID [options]',
    about: 'Begins nothing more of a poll or an execution until it is resumed; a deadline goes on.',
    options: COMMAND_OPTIONS,
  },
  {
    name: 'resume',
    usage: 'bide resume ID [options]',
    about: 'Goes on with what was paused.',
    options: COMMAND_OPTIONS,
  },
  {
    name: 'now',
    usage: 'bide now ID [options]',
    about: 'Makes the next attempt of a poll at once.',
    options: COMMAND_OPTIONS,
  },
  {
    name: 'variable',
    usage: 'bide variable set NAME | ls | rm NAME [options]',
    actions: ['set', 'ls', 'rm'],
    about: 'Sets, lists and removes the variables to which pipelines of a server bind.',
    options: VARIABLE_COMMAND_OPTIONS,
  },
  {
    name: 'token',
    usage: 'bide token create NAME | ls | rm NAME [options]',
    actions: ['create', 'ls', 'rm'],
    about: 'Makes, lists and revokes the tokens by which callers are known to a server.',
    options: TOKEN_OPTIONS,
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
  {
    name: 'completion',
    usage: 'bide completion bash|zsh|fish',
    actions: ['bash', 'zsh', 'fish'],
    about: 'Prints a script that completes commands and options in that shell.',
    options: COMPLETION_OPTIONS,
  },
]
