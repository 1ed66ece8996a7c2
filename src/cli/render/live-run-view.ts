import { createLogUpdate } from 'log-update'
import { fitted } from './fitted.ts'
import { onTimer, plain } from './progress.ts'
import type { RunRow, ShownRun } from './run-rows.ts'
import type { RunView, RunViewOptions } from './run-view.ts'

const REDRAW_MS = 250
const MARKS: Readonly<Record<string, readonly [mark: string, color: number]>> = {
  COMPLETED: ['✔', 32],
  FAILED: ['✖', 31],
  FAILED_CONTINUE: ['!', 33],
  SKIPPED: ['↷', 90],
  CANCELED: ['✖', 33],
  RUNNING: ['●', 36],
  QUEUED: ['○', 36],
  NOT_STARTED: ['·', 90],
  ROLLING_BACK: ['●', 33],
  ROLLBACK_COMPLETED: ['✖', 33],
  ROLLBACK_FAILED: ['✖', 31],
}

/** On a terminal the tree of stages and tasks, drawn anew in place. */
export function liveRunView({ stream, now, color }: RunViewOptions & { readonly color: boolean }): RunView {
  const update = createLogUpdate(stream, { showCursor: true })
  let last: ShownRun | null = null
  const draw = () => {
    if (last === null) return
    const width = Math.max(20, (stream.columns || 80) - 1)
    const rows = last.rows(now())
    const widest = Math.min(40, Math.max(...rows.map(({ depth, name }) => depth * 2 + name.length)))
    update(rows.map((row) => painted(row, { width, widest, color })).join('\n'))
  }
  const stop = onTimer(REDRAW_MS, draw)
  const close = () => {
    stop()
    update.done()
  }
  let isOpen = true
  return {
    step(run) {
      last = run
      draw()
    },
    end(run) {
      last = run
      isOpen = false
      draw()
      close()
      stream.write(`${plain(run.message)}\n`)
      for (const note of run.notes) stream.write(`note: ${plain(note)}\n`)
    },
    note(text) {
      update.clear()
      stream.write(`${plain(text)}\n`)
      draw()
    },
    close() {
      if (isOpen) close()
    },
  }
}

interface Paint {
  readonly width: number
  readonly widest: number
  readonly color: boolean
}

function painted({ depth, name, status, text }: RunRow, { width, widest, color }: Paint): string {
  const [mark, code] = MARKS[status] ?? ['●', 36]
  const label = `${'  '.repeat(depth)}${mark} ${plain(name)}`.padEnd(widest + 4)
  const line = fitted(`${label}${status}${text === '' ? '' : `  ${text}`}`, width)
  return color ? line.replace(mark, `\x1b[${code}m${mark}\x1b[39m`) : line
}
