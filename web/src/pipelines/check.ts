import { checkFiles } from '../../../src/pipeline/check.ts'
import { type PipelineShape, pipelineShape } from '../../../src/pipeline/picture.ts'
import type { Problem } from '../../../src/pipeline/problem.ts'

export interface Checked {
  /** Of the first pipeline of the text, as its picture; null where it has an error. */
  readonly name: string | null
  readonly shape: PipelineShape | null
  readonly problems: readonly Problem[]
}

/** What else there is, which a text may refer to; null where that is not known. */
export interface Surroundings {
  readonly pipelines: readonly string[] | null
  readonly variables: readonly string[] | null
}

/** Looks at a pipeline's text with the server's own eyes. */
export function checkText(text: string, { pipelines, variables }: Surroundings): Checked {
  const checked = checkFiles([{ file: 'pipeline', text }], {
    ...(variables && { variables, mayVariablesCome: true }),
    ...(pipelines && { elsewhere: pipelines }),
  })
  const [pipeline = null] = checked.pipelines.values()
  return {
    name: pipeline?.name ?? null,
    shape: pipeline && pipelineShape(pipeline),
    problems: checked.problems,
  }
}
