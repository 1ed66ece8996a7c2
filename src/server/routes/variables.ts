import { VARIABLE_KINDS, type VariableKind } from '../../engine/executions.ts'
import { systemClock } from '../../engine/system-clock.ts'
import { json } from '../answer.ts'
import type { ApiRequest } from '../operations.ts'
import { type Problem, ProblemError, problem } from '../problem.ts'
import { readJsonObject } from '../request-body.ts'
import { mayAct } from '../tokens.ts'
import type { KeptVariable } from '../variable-catalog.ts'

const NAME = /^[\w-]{1,100}$/
const LONGEST_VALUE = 64 * 1024
const LONGEST_DESCRIPTION = 1000

/** `PUT /variables/{name}`: 201 for a new one, 200 for another value. */
export async function putVariable({ context, caller, variables }: ApiRequest): Promise<Response> {
  const name = context.req.param('name') as string
  if (!NAME.test(name)) return problem(context, BAD_NAME)
  const { body } = await readJsonObject(context)
  const { kind = 'REGULAR', value, description = '' } = body
  if (!VARIABLE_KINDS.some((one) => one === kind))
    throw misfit('/kind', `expected one of ${VARIABLE_KINDS.join(', ')}`)
  if (typeof value !== 'string' || value.length > LONGEST_VALUE)
    throw misfit('/value', `expected a text of at most ${LONGEST_VALUE} characters`)
  if (typeof description !== 'string' || description.length > LONGEST_DESCRIPTION)
    throw misfit('/description', `expected a text of at most ${LONGEST_DESCRIPTION} characters`)
  const known = await variables.get(name)
  const isRestricted = kind === 'RESTRICTED' || known?.kind === 'RESTRICTED'
  if (isRestricted && !mayAct(caller, 'admin')) return problem(context, NEEDS_ADMIN)
  const kept = { name, kind: kind as VariableKind, value, description, updatedAt: systemClock.now() }
  await variables.put(kept)
  return json(shown(kept), known === null ? 201 : 200)
}

/** `GET /variables`: by name; the value of a hidden one never comes out. */
export async function listVariables({ variables }: ApiRequest): Promise<Response> {
  return json({ variables: (await variables.list()).map(shown) })
}

/** `GET /variables/{name}`: as in the list. */
export async function getVariable({ context, variables }: ApiRequest): Promise<Response> {
  const variable = await variables.get(context.req.param('name') as string)
  return variable === null ? problem(context, NO_SUCH_VARIABLE) : json(shown(variable))
}

/** `DELETE /variables/{name}`: executions that have begun go on with its value. */
export async function removeVariable({ context, caller, variables }: ApiRequest): Promise<Response> {
  const name = context.req.param('name') as string
  const known = await variables.get(name)
  if (known?.kind === 'RESTRICTED' && !mayAct(caller, 'admin')) return problem(context, NEEDS_ADMIN)
  return (await variables.remove(name)) ? context.body(null, 204) : problem(context, NO_SUCH_VARIABLE)
}

function shown({ name, kind, value, description, updatedAt }: KeptVariable) {
  const isOpen = kind === 'REGULAR'
  return {
    name,
    kind,
    description,
    updatedAt: new Date(updatedAt).toISOString(),
    value: isOpen ? value : null,
  }
}

function misfit(pointer: string, detail: string): ProblemError {
  return new ProblemError({ ...MISFIT, errors: [{ pointer, detail }] })
}

const MISFIT = { status: 422, kind: 'invalid-variable', title: 'The variable does not fit' } as const
const BAD_NAME: Problem = { ...MISFIT, detail: 'A name has 1 to 100 letters, digits, `_` and `-`.' }
const NEEDS_ADMIN: Problem = {
  status: 403,
  kind: 'restricted-variable',
  title: 'Only an admin may set or remove a RESTRICTED variable',
}
const NO_SUCH_VARIABLE: Problem = {
  status: 404,
  kind: 'unknown-variable',
  title: 'There is no such variable',
}
