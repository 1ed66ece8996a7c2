import * as v from 'valibot'
import type { Operation } from '../operations.ts'
import { createToken, listTokens, removeToken } from '../routes/tokens.ts'
import { instantSchema, roleSchema, said } from '../schemas/common.ts'

const name = said('Up to 64 letters, digits and `. _ @ -`.', v.string())
const tokenSchema = v.object({ name, role: roleSchema, createdAt: instantSchema, createdBy: v.string() })

export const TOKEN_OPERATIONS: readonly Operation[] = [
  {
    method: 'get',
    path: '/api/v1/tokens',
    role: 'admin',
    handle: listTokens,
    summary: 'The tokens that are kept here, without themselves',
    description: 'Those of a file (`--tokens`) are not among them.',
    answers: { 200: { says: 'All of them, by name.', schema: v.object({ tokens: v.array(tokenSchema) }) } },
  },
  {
    method: 'post',
    path: '/api/v1/tokens',
    role: 'admin',
    handle: createToken,
    summary: 'Makes a token',
    description:
      'It is shown this once; only its digest is kept. A server on loopback that was started without any token asks nobody for one until its next start.',
    body: { says: 'Whose it is, and what it may do.', schema: v.object({ name, role: roleSchema }) },
    answers: {
      201: {
        says: 'The token.',
        schema: v.object({ name, role: roleSchema, token: said('`bide_...`', v.string()) }),
        headers: { location: said('Where it is removed.', v.string()) },
      },
    },
    problems: [400, 409, 413, 415, 422],
  },
  {
    method: 'delete',
    path: '/api/v1/tokens/:name',
    role: 'admin',
    handle: removeToken,
    summary: 'Revokes a token: it is worth nothing from then on, in streams that are open neither',
    answers: { 204: { says: 'It is gone.' } },
    problems: [404, 409],
  },
]
