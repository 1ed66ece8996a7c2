import { compileCondition } from '../../condition/compile.ts'
import { ConditionError } from '../../condition/condition-error.ts'
import { lintCriteria } from '../../condition/lint.ts'
import { responseFacts } from '../../core/facts.ts'
import { parseJson } from '../../core/json.ts'
import { CHECK_OPTIONS } from '../options.ts'
import { parseArguments } from '../parse-arguments.ts'
import { readNamedFile } from '../read-file.ts'
import { plain } from '../render/progress.ts'
import { UsageError } from '../usage-error.ts'

/** `bide check`: compiles and lints conditions, and tries them against a response. Sends nothing. */
export async function checkCommand(args: readonly string[]): Promise<number> {
  const { values, positionals } = parseArguments(CHECK_OPTIONS, args)
  if (positionals.length > 0)
    throw new UsageError(`'${positionals[0]}' is no option`, 'conditions go to --success and --failure')
  const [success, failure, response, code] = ['success', 'failure', 'response', 'code'].map((flag) => {
    const value = values[flag]
    return typeof value === 'string' ? value : null
  })
  if (!success && !failure)
    throw new UsageError('no condition was given', 'as in: bide check --success \'status == "DONE"\'')
  const body = response ? readNamedFile('--response', response) : null
  const lines: string[] = []
  for (const [role, source] of [
    ['success', success],
    ['failure', failure],
  ] as const) {
    if (!source) continue
    const condition = compiled(role, source)
    if (body === null) {
      lines.push(`${role}: ${source}: compiles`)
      continue
    }
    const facts = responseFacts(
      { code: Number(code ?? 200), headers: {}, body },
      { iteration: 1, elapsedSeconds: 0 },
    )
    const { sentence, operands } = condition.explain(facts)
    lines.push(
      `${role}: ${sentence}`,
      ...operands.map(({ text, value, depth }) => `${'  '.repeat(depth + 1)}${text}  ->  ${value}`),
    )
  }
  const sample = body === null ? undefined : parseJson(body)
  for (const lint of lintCriteria({ success: success ?? null, failure: failure ?? null, sample })) {
    lines.push(`hint: ${lint.where}: ${lint.message}; ${lint.hint}`)
  }
  process.stdout.write(`${plain(lines.join('\n'))}\n`)
  return 0
}

function compiled(role: string, source: string) {
  try {
    return compileCondition(source)
  } catch (error) {
    throw error instanceof ConditionError ? new UsageError(`--${role}: ${error.message}`) : error
  }
}
