import * as v from 'valibot'
import { ROLES } from '../tokens.ts'

/** The same schema with what it means. */
export function said<const S extends v.GenericSchema>(meaning: string, schema: S) {
  return v.pipe(schema, v.description(meaning))
}

export const instantSchema = v.pipe(v.string(), v.isoTimestamp())
export const roleSchema = v.picklist(ROLES)

/** What `GET` of a list gives beside the list. */
export const nextSchema = said('The `cursor` of the next page; null at the end.', v.nullable(v.string()))

/** The parameters of every list. */
export const PAGE_PARAMETERS = {
  cursor: said('`next` of the page before.', v.string()),
  limit: said('At most 500; 50 by default.', v.pipe(v.number(), v.integer(), v.minValue(1))),
} as const

const fieldErrorSchema = v.object({
  pointer: said('A JSON pointer into the body of the request.', v.string()),
  detail: v.string(),
})

export const textProblemSchema = v.object({
  pointer: v.null(),
  severity: said('An error keeps it from being run.', v.picklist(['error', 'warning'])),
  rule: said('Names the kind of problem.', v.string()),
  message: v.string(),
  hint: said('What to do about it.', v.nullable(v.string())),
  line: said('From 1.', v.pipe(v.number(), v.integer())),
  column: said('From 1.', v.pipe(v.number(), v.integer())),
})

export const problemSchema = v.object({
  type: said('Which problem it is: `urn:bide:problem:...`. It does not change.', v.string()),
  title: v.string(),
  status: v.pipe(v.number(), v.integer()),
  detail: v.optional(v.string()),
  errors: v.optional(
    said(
      'One for each field that does not fit, or each place in the text of a pipeline.',
      v.array(v.union([fieldErrorSchema, textProblemSchema])),
    ),
  ),
})
