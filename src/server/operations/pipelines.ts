import * as v from 'valibot'
import type { Operation } from '../operations.ts'
import {
  checkPipeline,
  getPipeline,
  listPipelines,
  putPipeline,
  removePipeline,
} from '../routes/pipelines.ts'
import { getVariable, listVariables, putVariable, removeVariable } from '../routes/variables.ts'
import { said } from '../schemas/common.ts'
import {
  checkedPipelineSchema,
  keptPipelineSchema,
  newVariableSchema,
  pipelineListSchema,
  pipelineSchema,
  variableSchema,
} from '../schemas/pipeline.ts'

const PIPELINE = '/api/v1/pipelines/:name'
const VARIABLE = '/api/v1/variables/:name'
const theText = {
  says: 'The pipeline, of YAML or (as `application/json`) JSON.',
  type: 'application/yaml',
} as const
const kept = { says: 'It is kept.', schema: keptPipelineSchema }
const theVariable = { says: 'The variable.', schema: variableSchema }

export const PIPELINE_OPERATIONS: readonly Operation[] = [
  {
    method: 'get',
    path: '/api/v1/pipelines',
    role: 'viewer',
    handle: listPipelines,
    summary: 'The pipelines that are kept here, by name',
    answers: { 200: { says: 'All of them.', schema: pipelineListSchema } },
  },
  {
    method: 'post',
    path: '/api/v1/pipelines/check',
    role: 'viewer',
    handle: checkPipeline,
    changesNothing: true,
    summary: 'Every problem of a pipeline, with its line and column; nothing is kept',
    body: theText,
    answers: { 200: { says: 'What is wrong, or most likely not meant.', schema: checkedPipelineSchema } },
    problems: [413, 415],
  },
  {
    method: 'get',
    path: PIPELINE,
    role: 'viewer',
    handle: getPipeline,
    summary: 'One pipeline: its text, what it takes, and its picture',
    answers: {
      200: {
        says: 'The pipeline.',
        schema: pipelineSchema,
        headers: { etag: said('The `etag` of the body.', v.string()) },
      },
    },
    problems: [404],
  },
  {
    method: 'put',
    path: PIPELINE,
    role: 'editor',
    handle: putPipeline,
    summary: 'Keeps a pipeline, in place of the one that has its name',
    description:
      'The name in the path is that in the text. Executions that have begun go on with the definition that they were started with.',
    headers: {
      'if-match': said(
        'The `etag` of the one that is to be replaced: it is, if nobody else was faster.',
        v.string(),
      ),
      'if-none-match': said('`*`: only where none has that name.', v.string()),
    },
    body: theText,
    answers: { 200: kept, 201: { ...kept, says: 'It is kept, and new.' } },
    problems: [400, 412, 413, 415, 422],
  },
  {
    method: 'delete',
    path: PIPELINE,
    role: 'editor',
    handle: removePipeline,
    summary: 'Forgets a pipeline; executions that have begun go on',
    answers: { 204: { says: 'It is gone.' } },
    problems: [404],
  },
  {
    method: 'get',
    path: '/api/v1/variables',
    role: 'viewer',
    handle: listVariables,
    summary: 'What pipelines may bind to as `${var.NAME}`, by name',
    answers: { 200: { says: 'All of them.', schema: v.object({ variables: v.array(variableSchema) }) } },
  },
  {
    method: 'get',
    path: VARIABLE,
    role: 'viewer',
    handle: getVariable,
    summary: 'One variable; the value of a hidden one never comes out',
    answers: { 200: theVariable },
    problems: [404],
  },
  {
    method: 'put',
    path: VARIABLE,
    role: 'editor',
    handle: putVariable,
    summary: 'Sets a variable',
    description:
      'A SECRET is masked wherever it could come out, and never told again. A RESTRICTED one is that too, and set and used by admins only.',
    body: { says: 'Its value.', schema: newVariableSchema },
    answers: { 200: theVariable, 201: { ...theVariable, says: 'The variable, which is new.' } },
    problems: [400, 413, 415, 422],
  },
  {
    method: 'delete',
    path: VARIABLE,
    role: 'editor',
    handle: removeVariable,
    summary: 'Forgets a variable; executions that have begun go on with its value',
    answers: { 204: { says: 'It is gone.' } },
    problems: [404],
  },
]
