import { toJson } from '../../core/json.ts'
import type { LedgerEntry } from '../../core/poll.ts'
import type { PollView } from '../../engine/engine.ts'
import type { PollResult } from '../../engine/poll.ts'
import { exitCode } from '../exit-code.ts'
import type { Arguments } from '../parse-arguments.ts'
import { pollView } from '../render/stderr-view.ts'
import { writeOut } from '../standard-output.ts'
import { readPrinter, writeResult } from '../write-result.ts'
import type { Client } from './client.ts'
import { follow } from './follow.ts'
import { patiently } from './patience.ts'
import { noteOf, waitWithView } from './waiting.ts'

/** Shows a poll of a server until it has ended, as `bide poll` shows its own. The exit code. */
export async function waitForPoll(client: Client, poll: PollView, parsed: Arguments): Promise<number> {
  const path = `/polls/${poll.id}`
  const printer = await readPrinter(parsed)
  const view = await pollView(parsed, poll.task.pollCount)
  const attempts: LedgerEntry[] = []
  return waitWithView({ id: poll.id, view }, async (patience) => {
    for await (const { kind, data } of follow(client, { ...patience, path })) {
      if (kind !== 'attempt') {
        const note = noteOf(kind, data)
        if (note !== null) view.note(note)
        continue
      }
      const entry = data as LedgerEntry
      view.attempt(entry)
      if (parsed.values.json || parsed.values.jsonl) attempts.push(entry)
      if (parsed.values.jsonl) writeOut(`${toJson(entry)}\n`)
    }
    const ended = (await patiently(() => client.ask('GET', path), patience)).json as PollView
    view.end(ended.message ?? '')
    writeResult(parsed, resultOf(ended, attempts), printer)
    return exitCode(ended.outcome ?? 'broken', null)
  })
}

/** A poll that has ended, in the shape in which `bide poll` gives its own. */
function resultOf(
  { output, outcome, message, startedAt, endedAt }: PollView,
  attempts: readonly LedgerEntry[],
): PollResult {
  return { ...output, outcome, message, startedAt, endedAt, attempts } as PollResult
}
