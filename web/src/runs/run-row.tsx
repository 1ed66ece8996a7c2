import { memo } from 'react'
import { Link } from 'wouter'
import type { RunRow as Run } from '../api/runs.ts'
import { Cells } from '../marks.tsx'
import { useNow } from '../now.ts'
import { RunStatus } from '../run-status.tsx'
import { clock, countdown, fullTime, seconds, short } from '../words.ts'

/** The cells of one row: what, how far, and when next. Made anew only when its run has changed. */
export const RunRow = memo(function RunRow({ run }: { run: Run }) {
  const { kind, id, name, status, iterationCount, pollCount, lastCode, verdicts, startedAt } = run
  const isPoll = kind === 'poll'
  return (
    <>
      <span role="cell" className="name">
        <Link href={`/${isPoll ? 'polls' : 'executions'}/${id}`}>{name ?? id}</Link>
        {!isPoll && (
          <span className="tag">
            <span className="word">pipeline </span>
            {run.executionIndex !== null && `#${run.executionIndex}`}
          </span>
        )}
      </span>
      <span role="cell" className="status">
        <RunStatus status={status} />
      </span>
      <span role="cell" className="attempts">
        <span className="tabular of">
          {short(iterationCount)}
          {pollCount !== null && <span className="quiet">/{short(pollCount)}</span>}
        </span>
        <Cells verdicts={verdicts} last={iterationCount} />
      </span>
      <span role="cell" className="code tabular" title="Code of the last answer">
        {lastCode ?? '–'}
      </span>
      <span role="cell" className="next tabular">
        {run.nextAttemptAt === null ? '–' : <Until at={run.nextAttemptAt} />}
      </span>
      <span role="cell" className="started tabular" title={fullTime(startedAt)}>
        {clock(startedAt)}
      </span>
      <span role="cell" className="took tabular">
        <Took run={run} />
      </span>
    </>
  )
})

function Until({ at }: { at: string }) {
  const left = Date.parse(at) - useNow()
  return left <= 0 ? 'now' : countdown(left)
}

function Took({ run: { startedAt, endedAt } }: { run: Run }) {
  return endedAt === null ? (
    <Since at={startedAt} />
  ) : (
    seconds((Date.parse(endedAt) - Date.parse(startedAt)) / 1000)
  )
}

function Since({ at }: { at: string }) {
  return countdown(useNow() - Date.parse(at))
}
