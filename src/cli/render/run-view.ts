import { onTimer, plain } from './progress.ts'
import type { RunRow, ShownRun } from './run-rows.ts'

/** Shows a run to a person while it goes on. */
export interface RunView {
  step(run: ShownRun): void
  /** The last look, and the message. */
  end(run: ShownRun): void
  /** Something beside the run that a person should know at once. */
  note(text: string): void
  /** Leaves the terminal in order, where the run ended without a message. */
  close(): void
}

export interface RunViewOptions {
  readonly stream: NodeJS.WriteStream
  readonly now: () => number
}

export const silentRunView: RunView = { step() {}, end() {}, note() {}, close() {} }

const HEARTBEAT_MS = 60_000

/** Without a terminal a line on each change, and one a minute to show that it still runs. No escape bytes. */
export function plainRunView({ stream, now }: RunViewOptions): RunView {
  const shown = new Map<string, string>()
  let last: ShownRun | null = null
  let shownAt = now()
  const write = (line: string) => {
    shownAt = now()
    stream.write(`${plain(line)}\n`)
  }
  const stop = onTimer(HEARTBEAT_MS / 10, () => {
    if (last === null || now() - shownAt < HEARTBEAT_MS) return
    for (const row of last.rows(now()).filter(({ isTask, status }) => isTask && status === 'RUNNING')) {
      write(lineOf(row))
    }
  })
  const step = (run: ShownRun) => {
    last = run
    for (const row of run.rows(now())) {
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
      write(`${run.name}  ${run.status}  ${run.message}`)
      for (const note of run.notes) write(`note: ${note}`)
    },
    note: write,
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
