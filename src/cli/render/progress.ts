import { describeSeconds } from '../../core/message.ts'
import type { LedgerEntry } from '../../core/poll.ts'

/** Shows a poll to a person while it runs. */
export interface ProgressView {
  attempt(entry: LedgerEntry): void
  /** Something beside the attempts that a person should know at once. */
  note(text: string): void
  end(message: string): void
  /** Leaves the terminal in order, where the poll ended without a message. */
  close(): void
}

export interface ViewOptions {
  readonly stream: Pick<NodeJS.WriteStream, 'write' | 'columns'>
  readonly pollCount: number
  readonly now: () => number
  /** Calls back again and again until what it returns is called; by default with a timer. */
  readonly every?: (ms: number, call: () => void) => () => void
}

export const silentView: ProgressView = { attempt() {}, note() {}, end() {}, close() {} }

const HEARTBEAT_MS = 60_000
const BAR = 12

/** Without a terminal a line on each change, and one a minute to show that it still runs. No escape bytes. */
export function plainView({ stream, pollCount, now, every = onTimer }: ViewOptions): ProgressView {
  let last: LedgerEntry | null = null
  let shown = ''
  let shownAt = now()
  const show = (line: string) => {
    shownAt = now()
    stream.write(`${line}\n`)
  }
  const stop = every(HEARTBEAT_MS / 10, () => {
    if (now() - shownAt >= HEARTBEAT_MS) show(`${describe(last, pollCount)}  ${whatNext(last, now())}`)
  })
  return {
    attempt(entry) {
      last = entry
      const seen = whatChanges(entry)
      if (seen !== shown) show(describe(entry, pollCount))
      shown = seen
    },
    note: (text) => show(plain(text)),
    end(message) {
      stop()
      stream.write(`${plain(message)}\n`)
    },
    close: stop,
  }
}

function whatChanges({ code, verdict, values, progress, reason }: LedgerEntry): string {
  return JSON.stringify([code, verdict, values, progress, verdict === 'broken' && reason])
}

/** What is shown of an attempt. */
export type ShownAttempt = Pick<
  LedgerEntry,
  'iteration' | 'code' | 'verdict' | 'reason' | 'values' | 'progress' | 'notes' | 'next'
>

/** `attempt 2/60  200  pending  [####....] 20%  status="RUNNING"`. */
export function describe(entry: ShownAttempt | null, pollCount: number): string {
  if (entry === null) return `attempt 1/${pollCount}`
  const values = Object.entries(entry.values).map(([name, value]) => `${name}=${value}`)
  const why = entry.verdict === 'broken' || entry.verdict === 'throttled' ? [entry.reason] : []
  const bar = entry.progress === null ? [] : [progressBar(entry.progress)]
  const parts = [entry.code ?? 'no answer', entry.verdict, ...bar, ...values, ...why, ...counted(entry.notes)]
  return plain(`attempt ${entry.iteration}/${pollCount}  ${parts.join('  ')}`)
}

/** Each once, and how often it came: a loop of redirects leads to the same place again and again. */
function counted(notes: readonly string[]): string[] {
  return [...new Set(notes)].map((note) => {
    const times = notes.filter((other) => other === note).length
    return times === 1 ? note : `${note} (${times} times)`
  })
}

/** What is waited for: `next in 4 s`, or the answer to the attempt that is under way. */
export function whatNext(entry: ShownAttempt | null, now: number): string {
  if (entry === null) return 'no answer yet'
  if (entry.next === null) return ''
  const left = entry.next.dueAt - now
  return left > 0 ? `next in ${describeSeconds(left / 1000)}` : `attempt ${entry.iteration + 1} under way`
}

function progressBar(progress: number): string {
  const share = Math.min(1, Math.max(0, progress / 100))
  // Full at the end alone.
  const full = Math.floor(share * BAR)
  return `[${'#'.repeat(full)}${'.'.repeat(BAR - full)}] ${Math.round(progress)}%`
}

/** A timer that keeps no process alive. */
export function onTimer(ms: number, call: () => void): () => void {
  const timer = setInterval(call, ms).unref()
  return () => clearInterval(timer)
}

/** What a server sent must not steer the terminal. */
export function plain(text: string): string {
  return text.replace(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/g, '\ufffd')
}
