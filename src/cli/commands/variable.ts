import { toJson } from '../../core/json.ts'
import type { Client } from '../client/client.ts'
import { withClient } from '../client/connect.ts'
import { VARIABLE_COMMAND_OPTIONS } from '../options/client.ts'
import { type Arguments, parseArguments, textValue } from '../parse-arguments.ts'
import { readNamedFile } from '../read-file.ts'
import { plain } from '../render/progress.ts'
import { table } from '../render/text-rows.ts'
import { writeOut } from '../standard-output.ts'
import { UsageError } from '../usage-error.ts'
import { chooseAction } from './action.ts'

const KINDS = ['REGULAR', 'SECRET', 'RESTRICTED']

/** `bide variable set|ls|rm`: what pipelines of a server may bind to. */
export async function variableCommand(args: readonly string[]): Promise<number> {
  const parsed = parseArguments(VARIABLE_COMMAND_OPTIONS, args)
  const action = chooseAction('variable', parsed, { set: setVariable, ls: listVariables, rm: removeVariable })
  return withClient(parsed, (client) => action.run(client, parsed, action.names))
}

async function setVariable(client: Client, parsed: Arguments, names: readonly string[]): Promise<number> {
  const name = oneName(names)
  const kind = (textValue(parsed, 'kind') ?? 'REGULAR').toUpperCase()
  if (!KINDS.includes(kind)) throw new UsageError(`--kind: '${kind}' is none of ${KINDS.join(', ')}`)
  const description = textValue(parsed, 'description')
  const body = { kind, value: readValue(parsed, kind), ...(description !== undefined && { description }) }
  await client.ask('PUT', pathOf(name), { body })
  if (!parsed.values.quiet) process.stderr.write(`${name} is set, ${kind}.\n`)
  return 0
}

/** A secret is named by where it is: what stands on a command line can be read by others. */
function readValue(parsed: Arguments, kind: string): string {
  const text = textValue(parsed, 'value')
  if (text === undefined) throw new UsageError('--value is missing', 'env:NAME, file:PATH, or - for stdin')
  if (text === '-') return readNamedFile('--value', '-').replace(/\r?\n$/, '')
  const [, scheme, name] = /^(env|file):(.+)$/.exec(text) ?? []
  if (scheme === 'file') return readNamedFile('--value', name as string).replace(/\r?\n$/, '')
  if (scheme === undefined && kind === 'REGULAR') return text
  if (scheme === undefined)
    throw new UsageError(
      `--value: a ${kind} value on the command line can be read by others`,
      'name where it is: env:NAME, file:PATH, or - for stdin',
    )
  const value = process.env[name as string]
  if (value === undefined || value === '') throw new UsageError(`--value: env:${name} is not set`)
  return value
}

interface Variable {
  readonly name: string
  readonly kind: string
  readonly description: string | null
  readonly value: string | null
  readonly updatedAt: string
}

async function listVariables(client: Client, parsed: Arguments, names: readonly string[]): Promise<number> {
  if (names.length > 0) throw new UsageError(`'${names[0]}' is no option`)
  const { json } = await client.ask('GET', '/variables')
  const { variables } = json as { readonly variables: readonly Variable[] }
  if (parsed.values.json) writeOut(`${toJson(variables)}\n`)
  else if (variables.length > 0) {
    const rows = variables.map(({ name, kind, value, description }) => [
      name,
      kind,
      value ?? '******',
      description ?? '',
    ])
    const lines = table(
      ['NAME', 'KIND', 'VALUE', 'DESCRIPTION'],
      rows.map((row) => row.map(oneLine)),
    )
    writeOut(`${lines.join('\n')}\n`)
  } else process.stderr.write('There are no variables.\n')
  return 0
}

async function removeVariable(client: Client, parsed: Arguments, names: readonly string[]): Promise<number> {
  const name = oneName(names)
  await client.ask('DELETE', pathOf(name))
  if (!parsed.values.quiet) process.stderr.write(`${name} is removed.\n`)
  return 0
}

function oneName(names: readonly string[]): string {
  const [name, ...more] = names
  if (name === undefined || more.length > 0) throw new UsageError('one name is to be given')
  return name
}

function pathOf(name: string): string {
  return `/variables/${encodeURIComponent(name)}`
}

function oneLine(text: string): string {
  return plain(text).replace(/\s+/g, ' ')
}
