import { compileCondition } from '../../condition/compile.ts'
import { ConditionError } from '../../condition/condition-error.ts'
import { lintCriteria } from '../../condition/lint.ts'
import type { Condition } from '../../core/condition.ts'
import { responseFacts } from '../../core/facts.ts'
import { parseJson } from '../../core/json.ts'
import { CHECK_OPTIONS } from '../options/local.ts'
import { type Arguments, optionValue, parseArguments, textValue } from '../parse-arguments.ts'
import { readNamedFile } from '../read-file.ts'
import { plain } from '../render/progress.ts'
import { writeOut } from '../standard-output.ts'
import { UsageError } from '../usage-error.ts'

/** `bide check`: compiles and lints conditions, and tries them against a response. Sends nothing. */
export async function checkCommand(args: readonly string[]): Promise<number> {
  const parsed = parseArguments(CHECK_OPTIONS, args)
  if (parsed.positionals.length > 0) return (await import('./check-files.ts')).checkFilesCommand(parsed)
  const conditions = (['success', 'failure'] as const).flatMap((role) => {
    const source = textValue(parsed, role)
    return source ? [{ role, condition: compiled(role, source) }] : []
  })
  if (conditions.length === 0)
    throw new UsageError('no condition was given', 'as in: bide check --success \'status == "DONE"\'')
  const response = readResponse(parsed)
  const lines = [
    ...conditions.flatMap(({ role, condition }) => tried(role, condition, response)),
    ...hints(parsed, response?.body ?? null),
  ]
  writeOut(`${plain(lines.join('\n'))}\n`)
  return 0
}

interface Response {
  readonly code: number
  readonly body: string
}

function readResponse(parsed: Arguments): Response | null {
  const code = textValue(parsed, 'code')
  const option = CHECK_OPTIONS.find(({ flag }) => flag === 'code')
  const given = code === undefined || option === undefined ? 200 : Number(optionValue(option, code))
  const path = textValue(parsed, 'response')
  return path === undefined ? null : { code: given, body: readNamedFile('--response', path) }
}

function compiled(role: string, source: string): Condition {
  try {
    return compileCondition(source)
  } catch (error) {
    throw error instanceof ConditionError ? new UsageError(`--${role}: ${error.message}`) : error
  }
}

/** What a condition gives over the response, operand by operand; without one, that it compiles. */
function tried(role: string, condition: Condition, response: Response | null): string[] {
  if (response === null) return [`${role}: ${condition.source}: compiles`]
  const facts = responseFacts({ ...response, headers: {} }, { iteration: 1, elapsedSeconds: 0 })
  const { sentence, operands } = condition.explain(facts)
  const rows = operands.map(({ text, value, depth }) => `${'  '.repeat(depth + 1)}${text}  ->  ${value}`)
  return [`${role}: ${sentence}`, ...rows]
}

function hints(parsed: Arguments, body: string | null): string[] {
  const success = textValue(parsed, 'success') ?? null
  const failure = textValue(parsed, 'failure') ?? null
  const sample = body === null ? undefined : parseJson(body)
  return lintCriteria({ success, failure, sample }).map(
    ({ where, message, hint }) => `hint: ${where}: ${message}; ${hint}`,
  )
}
