import type { Command, Option } from './option.ts'
import { EYE_OPTIONS, HELP, INPUT_OPTION, RESULT_OPTIONS, TLS_OPTIONS } from './shared.ts'
import { condition, TASK_OPTIONS } from './task.ts'

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

const PIPELINE_OPTIONS: readonly Option[] = [
  { flag: 'pipeline', value: 'NAME', help: 'which one, where the files hold several' },
  INPUT_OPTION,
  ...VARIABLE_OPTIONS,
]

export const POLL_OPTIONS: readonly Option[] = [
  ...TASK_OPTIONS,
  { flag: 'resume', value: 'FILE', help: 'keep the state here after each attempt, and go on from it' },
  ...TLS_OPTIONS,
  ...RESULT_OPTIONS,
  ...EYE_OPTIONS,
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

export const LOCAL_COMMANDS: readonly Command[] = [
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
]
