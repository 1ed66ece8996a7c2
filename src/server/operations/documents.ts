import * as v from 'valibot'
import type { Operation } from '../operations.ts'
import { openapiJson } from '../routes/openapi-json.ts'

/** What the server says of itself. */
export const DOCUMENT_OPERATIONS: readonly Operation[] = [
  {
    method: 'get',
    path: '/openapi.json',
    role: 'anybody',
    handle: openapiJson,
    summary: 'This document',
    answers: { 200: { says: 'OpenAPI 3.1.', schema: v.looseObject({ openapi: v.string() }) } },
  },
]
