import { existsSync } from 'node:fs'
import { count } from '../../core/message.ts'
import { createRedactor } from '../../core/redact.ts'
import { checkFiles } from '../../pipeline/check.ts'
import { type Problem, renderProblem } from '../../pipeline/problem.ts'
import { type Arguments, textValue } from '../parse-arguments.ts'
import { plain } from '../render/progress.ts'
import { readFiles, readVariables } from '../run-input.ts'
import { writeOut } from '../standard-output.ts'
import { UsageError } from '../usage-error.ts'

/** `bide check FILE...`: every problem of pipeline files. Exits 2 where one of them keeps a pipeline from being run. */
export function checkFilesCommand(parsed: Arguments): number {
  const format = textValue(parsed, 'format')
  if (format !== undefined && format !== 'github') throw new UsageError(`--format: '${format}' is not github`)
  const flag = ['success', 'failure', 'response', 'code'].find((name) => parsed.values[name] !== undefined)
  if (flag) throw new UsageError(`--${flag} tries a condition; it does not go together with files`)
  const condition = parsed.positionals.find((path) => /[=<>(]/.test(path) && !existsSync(path))
  if (condition) throw new UsageError(`'${condition}' is no file`, 'conditions go to --success and --failure')
  const { variables, secrets } = readVariables(parsed)
  const names = Object.keys(variables)
  const { pipelines, problems } = checkFiles(readFiles(parsed.positionals), {
    areApart: true,
    ...(names.length > 0 && { variables: names }),
  })
  const redactor = createRedactor(secrets.map(({ value }) => value))
  const isWrong = problems.some(({ severity }) => severity === 'error')
  if (parsed.values.json) print(JSON.stringify(redactor.json(problems), null, 2))
  else if (format) for (const problem of problems) print(annotation(problem))
  else {
    for (const problem of problems) print(`${renderProblem(problem)}\n`)
    print(summary(problems, [...pipelines.keys()]))
  }
  return isWrong ? 2 : 0

  function print(text: string): void {
    writeOut(`${plain(redactor.text(text))}\n`)
  }
}

function summary(problems: readonly Problem[], valid: readonly string[]): string {
  const errors = problems.filter(({ severity }) => severity === 'error').length
  const counts = `${count(errors, 'error')}, ${count(problems.length - errors, 'warning')}`
  return valid.length === 0 ? counts : `${counts}; can be run: ${valid.join(', ')}`
}

/** A workflow command of GitHub Actions. */
function annotation({ severity, file, line, column, message, hint }: Problem): string {
  const text = hint === null ? message : `${message}: ${hint}`
  return `::${severity} file=${escaped(file, /[%\r\n:,]/g)},line=${line},col=${column}::${escaped(text, /[%\r\n]/g)}`
}

function escaped(text: string, special: RegExp): string {
  return text.replace(special, (char) => `%${char.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`)
}
