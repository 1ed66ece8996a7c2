import * as v from 'valibot'
import { VARIABLE_KINDS } from '../../engine/executions.ts'
import { instantSchema, said, textProblemSchema } from './common.ts'
import { EXECUTION_STATUSES, shapeSchema } from './execution.ts'

const head = {
  name: v.string(),
  description: v.string(),
  enabled: v.boolean(),
  concurrency: said('Executions at once; more are QUEUED.', v.pipe(v.number(), v.integer())),
  updatedAt: instantSchema,
}
const etag = said('For `If-Match`: by it the next text replaces this one, and no other.', v.string())
const problems = said('Warnings, where there is no error.', v.array(textProblemSchema))

export const keptPipelineSchema = v.object({ name: v.string(), updatedAt: instantSchema, etag, problems })
export const checkedPipelineSchema = v.object({ problems: v.array(textProblemSchema) })
export const pipelineSchema = v.object({
  ...head,
  etag,
  text: said('As it was given.', v.string()),
  input: said('Defaults by name.', v.record(v.string(), v.string())),
  inputMeta: v.record(v.string(), v.looseObject({ description: v.string(), mandatory: v.boolean() })),
  shape: shapeSchema,
})
export const pipelineListSchema = v.object({
  pipelines: v.array(
    v.object({
      ...head,
      lastExecution: v.nullable(
        v.object({
          executionId: v.string(),
          status: v.picklist(EXECUTION_STATUSES),
          startedAt: instantSchema,
        }),
      ),
    }),
  ),
})

export const variableSchema = v.object({
  name: v.string(),
  kind: v.picklist(VARIABLE_KINDS),
  description: v.string(),
  updatedAt: instantSchema,
  value: said('Null where it is hidden: it never comes out.', v.nullable(v.string())),
})
export const newVariableSchema = v.object({
  kind: v.optional(v.picklist(VARIABLE_KINDS)),
  value: v.string(),
  description: v.optional(v.string()),
})
