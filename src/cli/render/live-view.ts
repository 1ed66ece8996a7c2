import type { LedgerEntry } from '../../core/poll.ts'
import { fitted } from './fitted.ts'
import { describe, onTimer, type ProgressView, plain, type ViewOptions, whatNext } from './progress.ts'

const REDRAW_MS = 250
/** Room for the ^C that a terminal echoes, which would wrap a full line. */
const ECHO_COLUMNS = 3
const CLEAR = '\r\x1b[2K'
const COLORS = { succeeded: 32, failed: 31, broken: 33, throttled: 33, pending: 36 } as const

/** On a terminal one line that is drawn anew; it never wraps, for a wrapped line cannot be taken back. */
export function liveView(options: ViewOptions & { readonly color: boolean }): ProgressView {
  const { stream, pollCount, now, color, every = onTimer } = options
  let last: LedgerEntry | null = null
  const draw = () => {
    const width = Math.max(10, (stream.columns || 80) - ECHO_COLUMNS)
    const next = whatNext(last, now())
    const room = next === '' ? width : width - next.length - 2
    const line = `${fitted(oneLine(describe(last, pollCount)), Math.max(room, 10))}${next && `  ${next}`}`
    stream.write(CLEAR + paint(last, fitted(line, width), color))
  }
  const stop = every(REDRAW_MS, draw)
  const close = () => {
    stop()
    stream.write(CLEAR)
  }
  draw()
  let isOpen = true
  return {
    attempt(entry) {
      last = entry
      draw()
    },
    note(text) {
      stream.write(`${CLEAR}${plain(text)}\n`)
      draw()
    },
    end(message) {
      isOpen = false
      close()
      stream.write(`${plain(message)}\n`)
    },
    close() {
      if (isOpen) close()
    },
  }
}

function oneLine(text: string): string {
  return text.replace(/\s*[\n\t]\s*/g, ' ')
}

function paint(entry: LedgerEntry | null, line: string, color: boolean): string {
  if (!color || entry === null) return line
  return line.replace(entry.verdict, `\x1b[${COLORS[entry.verdict]}m${entry.verdict}\x1b[39m`)
}
