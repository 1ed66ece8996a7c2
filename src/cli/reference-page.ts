import { EXIT_CODES } from './exit-code.ts'
import { optionName } from './help.ts'
import { COMMANDS } from './options/commands.ts'
import type { Command, Option } from './options/option.ts'

/** The text of docs/command-line.md, from the option table. */
export function referencePage(): string {
  return [
    '# The command line',
    '',
    '<!-- Written by `npm run docs` from src/cli/options: change it there. -->',
    '',
    ...COMMANDS.flatMap(commandSection),
    ...EXIT_CODE_SECTION,
    ...RULES,
  ].join('\n')
}

function commandSection({ usage, about, options }: Command): string[] {
  return [
    `## \`${usage}\``,
    '',
    about,
    '',
    '| option | key of the task | |',
    '| --- | --- | --- |',
    ...options.map(optionRow),
    '',
  ]
}

function optionRow(option: Option): string {
  const key = option.key === undefined ? '' : `\`${option.key}\``
  const help = `${option.help}${option.repeatable ? ' (repeatable)' : ''}`
  return `| ${[`\`${optionName(option).trim()}\``, key, help].map(cell).join(' | ')} |`
}

function cell(text: string): string {
  return text.replaceAll('|', '\\|')
}

const EXIT_CODE_SECTION = [
  '## Exit codes',
  '',
  '| code | |',
  '| --- | --- |',
  ...EXIT_CODES.map(({ code, meaning }) => `| ${code} | ${meaning} |`),
  '',
]

const RULES = [
  '## What goes where',
  '',
  '- stdout carries data only, and only what was asked for: `--json` (the eleven outputs of',
  '  [the Poll task](poll-task.md), `outcome`, `message`, `startedAt`, `endedAt`, `attempts`), `--jsonl` (an entry of',
  '  `attempts` a line as it comes, then the same object), `--print` (text as it is, everything else as JSON).',
  '- stderr is for people: on a terminal one live line; else a line whenever code, verdict, progress or a value that a',
  '  condition looks at has changed, and one every 60 s. `NO_COLOR`, `--no-color` and `TERM=dumb` are obeyed.',
  '- `plan`, `check`, `ls`, `show`, `variable ls` and `db check` are asked for what they find, so it goes to stdout, as plain',
  '  text or `--json`. `submit` without `--wait` writes the id there; with it, what `poll` and `run` would write.',
  '- `-` as a FILE is stdin (`--data @-`, too); it can be read for one option only.',
  '- A task in `--file` has the keys of [the Poll task](poll-task.md), or those under its `input`. Flags win over it.',
  '- `env:NAME` and `file:PATH` as the value of a header, or after its first word (`Bearer env:TOKEN`), stand for secrets.',
  '  They, and all values of a `--header-file`, are masked in everything that is written, also base64-, URL-, JSON- and',
  '  hex-encoded; and so are `Authorization`, `Cookie`, `Set-Cookie` and `Proxy-Authorization`, whatever they hold.',
  '- The first SIGINT or SIGTERM aborts what is in flight, and the end is reported; the second one ends at once.',
  '- `--resume FILE` is replaced as a whole after each attempt. Count, deadline, backoff and conditions over `previous`',
  '  go on from it, and `attempts` holds those before as well: of more than 1,000 the oldest are left out of the file.',
  '  The file belongs to one method, URL, payload, set of header names and exit criteria: for another task it is',
  '  refused. Once the poll has ended, it says so again without asking: remove it to poll anew.',
  '',
]
