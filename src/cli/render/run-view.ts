import type { RunState } from '../../pipeline/run-state.ts'
import type { RunContext } from '../../pipeline/scope.ts'
import { onTimer, plain } from './progress.ts'
import { type RunRow, runRows } from './run-rows.ts'

/** Shows a run to a person while it goes on. */
export interface RunView {
  step(run: RunState): void
  /** The last look, and the message. */
  end(run: RunState): void
  /** Leaves the terminal in order, where the run ended without a message. */
  close(): void
}

export interface RunViewOptions {
  readonly context: RunContext
  readonly stream: NodeJS.WriteStream
  readonly now: () => number
}

export const silentRunView: RunView = { step() {}, end() {}, close() {} }

const HEARTBEAT_MS = 60_000

/** Without a terminal a line on each change, and one a minute to show that it still runs. No escape bytes. */
export function plainRunView({ context, stream, now }: RunViewOptions): RunView {
  const shown = new Map<string, string>()
  let last: RunState | null = null
  let shownAt = now()
  const write = (line: string) => {
    shownAt = now()
    stream.write(`${plain(line)}\n`)
  }
  const stop = onTimer(HEARTBEAT_MS / 10, () => {
    if (last === null || now() - shownAt < HEARTBEAT_MS) return
    for (const row of runRows(context, last, now()).filter(
      ({ isTask, status }) => isTask && status === 'RUNNING',
    )) {
      write(lineOf(row))
    }
  })
  const step = (run: RunState) => {
    last = run
    for (const row of runRows(context, run, now())) {
      const seen = whatChanges(row)
      if (!row.isTask || row.status === 'NOT_STARTED' || shown.get(row.key) === seen) continue
      shown.set(row.key, seen)
      write(lineOf(row))
    }
  }
  return {
    step,
    end(run) {
      stop()
      step(run)
      write(`${run.pipeline}  ${run.status}  ${run.statusMessage}`)
      for (const note of run.notes) write(`note: ${note}`)
    },
    close: stop,
  }
}

/** The number of an attempt and the time to the next are no change. */
function whatChanges({ status, text }: RunRow): string {
  return `${status} ${text.replace(/^attempt \d+\/\d+ /, '').replace(/ {2}(?:next in [^ ].*|attempt \d+ under way)$/, '')}`
}

function lineOf({ key, status, text }: RunRow): string {
  return text === '' ? `${key}  ${status}` : `${key}  ${status}  ${text}`
}
