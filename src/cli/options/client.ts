import type { Command, Option } from './option.ts'
import { DATA_OPTIONS, EYE_OPTIONS, HELP, INPUT_OPTION, QUIET, RESULT_OPTIONS } from './shared.ts'
import { TASK_OPTIONS } from './task.ts'

const CLIENT_OPTIONS: readonly Option[] = [
  { flag: 'server', value: 'URL', help: 'the server (BIDE_SERVER, or http://127.0.0.1:4646)' },
  {
    flag: 'token',
    value: 'env:NAME|file:PATH',
    help: 'where the token is that the server wants (the text of BIDE_TOKEN)',
  },
  { flag: 'cacert', value: 'FILE', help: "PEM; trusted for the server's certificate" },
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

export const WATCH_OPTIONS: readonly Option[] = [...CLIENT_OPTIONS, ...RESULT_OPTIONS, ...EYE_OPTIONS]

export const COMMAND_OPTIONS: readonly Option[] = [
  ...CLIENT_OPTIONS,
  { flag: 'json', help: 'what has become of it, as one JSON object on stdout' },
  QUIET,
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
  QUIET,
  HELP,
]

export const TOKEN_OPTIONS: readonly Option[] = [
  { flag: 'role', value: 'ROLE', help: 'create: viewer, runner, editor or admin (runner)' },
  ...DATA_OPTIONS,
  { flag: 'server', value: 'URL', help: 'in place of --data: a server that runs, asked as an admin' },
  ...CLIENT_OPTIONS.filter(({ flag }) => flag !== 'server'),
  { flag: 'json', help: 'as JSON on stdout' },
  QUIET,
  HELP,
]

export const CLIENT_COMMANDS: readonly Command[] = [
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
]
