import { toJson } from '../core/json.ts'
import type { PollResult } from '../engine/poll.ts'
import { UsageError } from './usage-error.ts'

/** The text of a value out of the last response; empty, with a complaint on stderr, where it cannot be had. */
export type Printer = (result: PollResult) => string

/** Compiles what `--print` names, before anything is sent. */
export async function createPrinter(expression: string): Promise<Printer> {
  const [{ compileValue }, { ConditionError }, { responseFacts }] = await Promise.all([
    import('../condition/compile.ts'),
    import('../condition/condition-error.ts'),
    import('../core/facts.ts'),
  ])
  const evaluate = (() => {
    try {
      return compileValue(expression)
    } catch (error) {
      throw error instanceof ConditionError ? new UsageError(`--print: ${error.message}`) : error
    }
  })()
  return ({ responseCode, responseHeaders, responseBody, iterationCount }) => {
    if (responseCode === null) return missing(expression, 'there was no response')
    const response = { code: responseCode, headers: responseHeaders, body: responseBody }
    const answer = evaluate(responseFacts(response, { iteration: iterationCount, elapsedSeconds: 0 }))
    if (answer.kind === 'value') return typeof answer.value === 'string' ? answer.value : toJson(answer.value)
    return missing(expression, answer.kind === 'none' ? answer.why : answer.message)
  }
}

function missing(expression: string, why: string): string {
  process.stderr.write(`bide: --print: ${expression}: ${why}\n`)
  return ''
}
