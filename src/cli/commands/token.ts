import { toJson } from '../../core/json.ts'
import { openData } from '../../server/open-data.ts'
import { openTokenCatalog, type TokenView } from '../../server/token-catalog.ts'
import { ROLES, type Role } from '../../server/tokens.ts'
import { withClient } from '../client/connect.ts'
import { TOKEN_OPTIONS } from '../options/client.ts'
import { type Arguments, parseArguments, textValue } from '../parse-arguments.ts'
import { table } from '../render/text-rows.ts'
import { writeOut } from '../standard-output.ts'
import { UsageError } from '../usage-error.ts'
import { chooseAction } from './action.ts'
import { dataFolder } from './db.ts'

/** Where tokens are kept: in a data folder, or at a server that has it open. */
interface TokenPlace {
  create(name: string, role: Role): Promise<string>
  list(): Promise<readonly TokenView[]>
  remove(name: string): Promise<void>
}

type Action = (place: TokenPlace, parsed: Arguments, names: readonly string[]) => Promise<number>

/** `bide token create|ls|rm`: who may ask a server, in its data folder, or by `--server` while it runs. */
export async function tokenCommand(args: readonly string[]): Promise<number> {
  const parsed = parseArguments(TOKEN_OPTIONS, args)
  const actions: Readonly<Record<string, Action>> = { create, ls: list, rm: remove }
  const { run, names } = chooseAction('token', parsed, actions)
  const work = (place: TokenPlace) => run(place, parsed, names)
  return parsed.values.server === undefined ? inFolder(parsed, work) : atServer(parsed, work)
}

async function create(place: TokenPlace, parsed: Arguments, names: readonly string[]): Promise<number> {
  const name = oneName(names)
  const text = textValue(parsed, 'role') ?? 'runner'
  const role = ROLES.find((one) => one === text)
  if (role === undefined) throw new UsageError(`--role: '${text}' is none of ${ROLES.join(', ')}`)
  const token = await place.create(name, role)
  writeOut(`${parsed.values.json ? toJson({ name, role, token }) : token}\n`)
  if (!parsed.values.quiet)
    process.stderr.write(`The token of ${name}, ${role}: it is shown this once, and kept nowhere.\n`)
  return 0
}

async function list(place: TokenPlace, parsed: Arguments, names: readonly string[]): Promise<number> {
  if (names.length > 0) throw new UsageError(`'${names[0]}' is no option`)
  const tokens = await place.list()
  const rows = tokens.map(({ name, role, createdAt, createdBy }) => [name, role, createdAt, createdBy])
  if (parsed.values.json) writeOut(`${toJson(tokens)}\n`)
  else if (tokens.length > 0) writeOut(`${table(['NAME', 'ROLE', 'CREATED', 'BY'], rows).join('\n')}\n`)
  else process.stderr.write('There are no tokens.\n')
  return 0
}

async function remove(place: TokenPlace, parsed: Arguments, names: readonly string[]): Promise<number> {
  const name = oneName(names)
  await place.remove(name)
  if (!parsed.values.quiet) process.stderr.write(`The token of ${name} is worth nothing any more.\n`)
  return 0
}

function oneName([name, ...more]: readonly string[]): string {
  if (name === undefined || more.length > 0)
    throw new UsageError('one name is to be given', 'as in: bide token create ci --role runner')
  return name
}

async function inFolder(parsed: Arguments, work: (place: TokenPlace) => Promise<number>): Promise<number> {
  const { store, sealer } = await openData(dataFolder(parsed))
  try {
    const tokens = await openTokenCatalog({ catalog: store.catalog, sealer, now: Date.now })
    return await work({
      list: async () => tokens.list(),
      async create(name, role) {
        const token = await tokens.create({ name, role, createdBy: 'the command line' })
        if (token === null) throw new UsageError(`there is a token of the name '${name}' already`)
        return token
      },
      async remove(name) {
        if (!(await tokens.remove(name))) throw new UsageError(`there is no token of the name '${name}'`)
      },
    })
  } finally {
    await store.close()
  }
}

function atServer(parsed: Arguments, work: (place: TokenPlace) => Promise<number>): Promise<number> {
  return withClient(parsed, (client) =>
    work({
      async list() {
        const { json } = await client.ask('GET', '/tokens')
        return (json as { readonly tokens: readonly TokenView[] }).tokens
      },
      async create(name, role) {
        const { json } = await client.ask('POST', '/tokens', { body: { name, role } })
        return (json as { readonly token: string }).token
      },
      async remove(name) {
        await client.ask('DELETE', `/tokens/${encodeURIComponent(name)}`)
      },
    }),
  )
}
