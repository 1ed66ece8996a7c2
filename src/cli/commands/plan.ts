import { toJson } from '../../core/json.ts'
import { createRedactor } from '../../core/redact.ts'
import { planOf } from '../../pipeline/plan.ts'
import { renderProblem } from '../../pipeline/problem.ts'
import { PLAN_OPTIONS } from '../options/local.ts'
import { parseArguments } from '../parse-arguments.ts'
import { planText } from '../render/plan.ts'
import { plain } from '../render/progress.ts'
import { readRunInput } from '../run-input.ts'
import { writeOut } from '../standard-output.ts'

/** `bide plan`: shows what `bide run` would send with the same arguments. Sends nothing. */
export async function planCommand(args: readonly string[]): Promise<number> {
  const parsed = parseArguments(PLAN_OPTIONS, args)
  const { pipelines, pipeline, variables, secrets, input, warnings } = readRunInput(parsed, {
    paths: parsed.positionals,
  })
  const redactor = createRedactor(secrets.map(({ value }) => value))
  for (const problem of warnings) process.stderr.write(`${plain(redactor.text(renderProblem(problem)))}\n`)
  const plan = planOf({ pipelines, variables, redactor }, pipeline, input)
  writeOut(`${parsed.values.json === true ? toJson(plan, 2) : planText(plan)}\n`)
  return 0
}
