import { toJson } from '../../core/json.ts'
import type { ExecutionView } from '../../engine/executions.ts'
import { exitCode } from '../exit-code.ts'
import type { Arguments } from '../parse-arguments.ts'
import { shownExecution } from '../render/execution-rows.ts'
import type { RunView } from '../render/run-view.ts'
import { runView } from '../render/stderr-run-view.ts'
import { writeOut } from '../standard-output.ts'
import type { Client } from './client.ts'
import type { RunEvent } from './event-stream.ts'
import { follow } from './follow.ts'
import { patiently } from './patience.ts'
import { noteOf, waitWithView } from './waiting.ts'

/** Shows an execution of a server until it has ended, as `bide run` shows its own. The exit code. */
export async function waitForExecution(client: Client, id: string, parsed: Arguments): Promise<number> {
  const path = `/executions/${id}`
  const view = await runView(parsed)
  return waitWithView({ id, view }, async (waiting) => {
    const read = async () =>
      (await patiently(() => client.ask('GET', path, { signal: waiting.signal }), waiting))
        .json as ExecutionView
    const glances = glancing(read, view)
    glances.wanted()
    for await (const event of follow(client, { ...waiting, path })) {
      if (parsed.values.jsonl) writeEvent(event)
      const note = noteOf(event.kind, event.data)
      if (note !== null) view.note(note)
      if (event.kind !== 'ended') glances.wanted()
    }
    await glances.over()
    const ended = await read()
    view.end(shownExecution(ended))
    if (parsed.values.json || parsed.values.jsonl) writeOut(`${toJson(ended)}\n`)
    return exitCode(ended.outcome ?? (ended.status === 'COMPLETED' ? 'succeeded' : 'failed'), null)
  })
}

/** Looks at the execution as often as something happened to it, but not before the last look is done. */
function glancing(read: () => Promise<ExecutionView>, view: RunView) {
  let isWanted = false
  let looking: Promise<void> | null = null
  const look = async () => {
    while (isWanted) {
      isWanted = false
      view.step(shownExecution(await read()))
    }
  }
  return {
    wanted() {
      isWanted = true
      if (looking !== null) return
      looking = look().finally(() => {
        looking = null
      })
      looking.catch(() => {})
    },
    over: async () => looking,
  }
}

/** The same lines as `bide run --jsonl`. */
function writeEvent({ kind, data }: RunEvent): void {
  if (kind === 'attempt') {
    const { path, entry } = data as { path: readonly string[]; entry: object }
    writeOut(`${toJson({ task: path.join(' > '), ...entry })}\n`)
  } else if (kind === 'task') {
    const { path, status, message } = data as { path: readonly string[]; status: string; message: string }
    writeOut(`${toJson({ task: path.join(' > '), status, message })}\n`)
  }
}
