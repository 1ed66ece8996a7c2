import { useQuery } from '@tanstack/react-query'
import { request } from './request.ts'

export type VariableKind = 'REGULAR' | 'SECRET' | 'RESTRICTED'

export interface Variable {
  readonly name: string
  readonly kind: VariableKind
  readonly description: string
  readonly updatedAt: string
  /** Null where it is hidden. */
  readonly value: string | null
}

export function useVariables() {
  return useQuery({
    queryKey: ['variables'],
    queryFn: async ({ signal }) =>
      (await request<{ variables: Variable[] }>('/variables', { signal })).variables,
  })
}

export function saveVariable(
  name: string,
  variable: { readonly kind: VariableKind; readonly value: string; readonly description: string },
): Promise<void> {
  return request(`/variables/${encodeURIComponent(name)}`, { method: 'PUT', body: variable })
}

export function removeVariable(name: string): Promise<void> {
  return request(`/variables/${encodeURIComponent(name)}`, { method: 'DELETE' })
}
