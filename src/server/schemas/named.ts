import type { Schema } from '../operations.ts'
import { problemSchema, textProblemSchema } from './common.ts'
import { executionSchema, runRowSchema, shapeSchema } from './execution.ts'
import { pipelineSchema, variableSchema } from './pipeline.ts'
import {
  attemptSchema,
  keptAttemptSchema,
  outputsSchema,
  pollSchema,
  submittedPollSchema,
  trialSchema,
} from './poll.ts'
import { newPollSchema, shownTaskSchema } from './poll-task.ts'

/** Schemas that have a name of their own in the API's document. */
export const NAMED_SCHEMAS: Readonly<Record<string, Schema>> = {
  NewPoll: newPollSchema,
  Poll: pollSchema,
  SubmittedPoll: submittedPollSchema,
  PollTask: shownTaskSchema,
  PollOutputs: outputsSchema,
  Attempt: attemptSchema,
  KeptAttempt: keptAttemptSchema,
  Trial: trialSchema,
  Run: runRowSchema,
  Execution: executionSchema,
  Pipeline: pipelineSchema,
  PipelineShape: shapeSchema,
  Variable: variableSchema,
  TextProblem: textProblemSchema,
  Problem: problemSchema,
}
