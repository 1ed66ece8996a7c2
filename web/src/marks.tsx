import type { LedgerEntry, PollStatus } from './api/polls.ts'
import { MARKS, STATUS_MARKS, took } from './words.ts'

/** A status as word, shape and colour. */
export function Status({ status }: { status: PollStatus }) {
  return (
    <span className={`status ${status.toLowerCase()}`}>
      <span aria-hidden="true">{STATUS_MARKS[status]}</span> {status}
    </span>
  )
}

/** One attempt as a small cell: colour and shape by verdict. */
export function Cell({ attempt }: { attempt: LedgerEntry }) {
  const { iteration, verdict, code, durationMs } = attempt
  const title = `Attempt ${iteration}: ${code ?? 'no response'}, ${verdict}, ${took(durationMs)}`
  return (
    <span className={`cell ${verdict}`} title={title} aria-hidden="true">
      {MARKS[verdict]}
    </span>
  )
}
