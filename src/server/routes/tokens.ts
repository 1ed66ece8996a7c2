import { BideError } from '../../core/errors.ts'
import { json } from '../answer.ts'
import type { ApiRequest } from '../operations.ts'
import { type Problem, problem } from '../problem.ts'
import { readJsonObject } from '../request-body.ts'
import type { Role } from '../tokens.ts'

/** `POST /tokens`: 201 with the token, which is shown this once. */
export async function createToken({ context, caller, tokens }: ApiRequest): Promise<Response> {
  const { body } = await readJsonObject(context)
  const { name, role } = body as { readonly name: string; readonly role: Role }
  try {
    const token = await tokens.create({
      name: typeof name === 'string' ? name : '',
      role,
      createdBy: caller.name,
    })
    if (token === null) return problem(context, { ...TAKEN, detail: `There is one named ${name}.` })
    return json({ name, role, token }, 201, { location: `/api/v1/tokens/${encodeURIComponent(name)}` })
  } catch (error) {
    if (!(error instanceof BideError) || error.code !== 'invalid-usage') throw error
    return problem(context, { ...MISFIT, detail: `${error.message}; ${error.hint}` })
  }
}

/** `GET /tokens`: by name. */
export function listTokens({ tokens }: ApiRequest): Response {
  return json({ tokens: tokens.list() })
}

/** `DELETE /tokens/{name}`: 204; from then on the token is worth nothing. */
export async function removeToken({ context, tokens }: ApiRequest): Promise<Response> {
  const name = context.req.param('name') as string
  if (tokens.isLastAdmin(name)) return problem(context, LAST_ADMIN)
  return (await tokens.remove(name)) ? context.body(null, 204) : problem(context, NO_SUCH_TOKEN)
}

const TAKEN: Problem = { status: 409, kind: 'name-taken', title: 'A token of that name is there already' }
const MISFIT: Problem = { status: 422, kind: 'invalid-token', title: 'The token does not fit' }
const NO_SUCH_TOKEN: Problem = { status: 404, kind: 'unknown-token', title: 'There is no such token' }
const LAST_ADMIN: Problem = {
  status: 409,
  kind: 'last-admin',
  title: 'This is the last token of an admin',
  detail: 'Without it nobody could make another. Make another one first.',
}
