import { useQuery } from '@tanstack/react-query'
import type { Role } from '../../../src/server/tokens.ts'
import { request } from './request.ts'

export interface TokenRow {
  readonly name: string
  readonly role: Role
  readonly createdAt: string
  readonly createdBy: string
}

export function useTokens() {
  return useQuery({
    queryKey: ['tokens'],
    queryFn: async ({ signal }) => (await request<{ tokens: TokenRow[] }>('/tokens', { signal })).tokens,
  })
}

/** The token itself is in this answer, and never again. */
export function createToken(name: string, role: Role): Promise<{ name: string; role: Role; token: string }> {
  return request('/tokens', { body: { name, role } })
}

export function revokeToken(name: string): Promise<void> {
  return request(`/tokens/${encodeURIComponent(name)}`, { method: 'DELETE' })
}
