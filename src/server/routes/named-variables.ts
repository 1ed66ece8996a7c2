import type { Variable, VariableKind } from '../../engine/executions.ts'
import type { ApiRequest } from '../operations.ts'
import { ProblemError } from '../problem.ts'
import { mayAct, type Role } from '../tokens.ts'

type Least = Readonly<Record<VariableKind, Role>>

/** Where a hidden value goes in a pipeline, its editor has said. */
export const IN_PIPELINES: Least = { REGULAR: 'viewer', SECRET: 'viewer', RESTRICTED: 'admin' }
/** Who makes a poll says where its values go: a runner could send a hidden one home. */
export const IN_POLLS: Least = { REGULAR: 'viewer', SECRET: 'editor', RESTRICTED: 'admin' }

/** The variables that are named somewhere in these texts. @throws ProblemError where the caller may not use one. */
export async function namedVariables(
  { variables, caller }: Pick<ApiRequest, 'variables' | 'caller'>,
  texts: readonly string[],
  least: Least,
): Promise<Readonly<Record<string, Variable>>> {
  const named: Record<string, Variable> = {}
  for (const { name, kind, value } of await variables.list()) {
    if (!texts.some((text) => text.includes(name))) continue
    const isForbidden = !mayAct(caller, least[kind])
    if (isForbidden && texts.some((text) => text.includes(`var.${name}`)))
      throw new ProblemError({
        status: 403,
        kind: 'restricted-variable',
        title: `Only an ${least[kind]} may start this`,
        detail: `'${name}' is a ${kind} variable.`,
      })
    if (!isForbidden) named[name] = { kind, value }
  }
  return named
}

/** Those that a poll may name; most name none. */
export async function pollVariables(
  request: Pick<ApiRequest, 'variables' | 'caller'>,
  text: string,
): Promise<Readonly<Record<string, Variable>>> {
  return text.includes('${') ? namedVariables(request, [text], IN_POLLS) : {}
}
