import { toJson } from '../core/json.ts'
import type { PollResult } from '../engine/poll.ts'
import { type Arguments, textValue } from './parse-arguments.ts'
import type { Printer } from './print-value.ts'
import { writeOut } from './standard-output.ts'

/** What `--print` names, compiled before anything is sent; null without it. */
export async function readPrinter(parsed: Arguments): Promise<Printer | null> {
  const expression = textValue(parsed, 'print')
  return expression === undefined ? null : (await import('./print-value.ts')).createPrinter(expression)
}

/** Writes how a poll ended, in the shape that was asked for. */
export function writeResult(parsed: Arguments, result: PollResult, printer: Printer | null): void {
  if (parsed.values.json || parsed.values.jsonl) writeOut(`${toJson(result)}\n`)
  else if (printer) writeOut(`${printer(result)}\n`)
}
