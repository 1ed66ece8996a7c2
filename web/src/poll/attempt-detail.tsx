import type { Verdict } from '../../../src/core/judge.ts'
import type { PollTask } from '../../../src/core/task.ts'
import type { AnsweredAttempt } from '../api/attempts.ts'
import type { LedgerEntry } from '../api/polls.ts'
import { Tabs } from '../tabs.tsx'
import { clock, fullTime, MARKS, took, VERDICT_MEANINGS } from '../words.ts'
import { AttemptConditions } from './attempt-conditions.tsx'
import { Body } from './body.tsx'
import { Pairs } from './pairs.tsx'

const WAITS = {
  'initial-delay': 'initial delay',
  interval: 'interval',
  backoff: 'interval, grown by backoff',
  'retry-after': 'Retry-After of the server',
  'last-chance': 'last chance before the deadline',
}

export interface AttemptProps {
  readonly attempt: LedgerEntry & { readonly folded?: number }
  readonly task: Pick<PollTask, 'method' | 'url' | 'headers' | 'payload' | 'exitCriteria'>
  /** Epoch ms of the whole. */
  readonly startedAt: number
  /** What came back; null while it is fetched. */
  readonly answer: AnsweredAttempt | null
  /** What came back in the attempt before; null where there was none, or it is not known. */
  readonly before: AnsweredAttempt | null
}

/** What one attempt was, meant and led to: its request, its answer, and what the conditions saw in it. */
export function AttemptDetail(props: AttemptProps) {
  const { attempt, task, answer, before } = props
  const { iteration, startedAt, durationMs, code, verdict, reason, next, notes, folded = 0 } = attempt
  const response = answer?.response ?? null
  const none = <p className="quiet">{whyNone(answer)}</p>
  return (
    <section className="attempt" aria-label={`Attempt ${iteration}`}>
      <h3>
        <span className={`cell ${verdict}`} aria-hidden="true">
          {MARKS[verdict]}
        </span>{' '}
        Attempt {iteration}: {verdict}
      </h3>
      <p className="reason-of-attempt">{whatItMeans(verdict, reason)}</p>
      <p className="quiet tabular">
        <span title={fullTime(startedAt)}>{clock(startedAt)}</span>, {took(durationMs)},{' '}
        {code === null ? 'no response' : `code ${code}`};{' '}
        {next === null
          ? 'then it ended'
          : `then ${took(next.dueAt - startedAt - durationMs)} of pause: ${WAITS[next.reason]}`}
        {folded > 0 && `; it stands for the ${folded} before it as well, which were alike`}
      </p>
      {notes.map((note) => (
        <p key={note} className="quiet">
          {note}
        </p>
      ))}
      <Tabs
        label={`Of attempt ${iteration}`}
        tabs={[
          { name: 'Conditions', content: () => <AttemptConditions {...props} /> },
          {
            name: 'Body',
            content: () =>
              response === null ? (
                none
              ) : (
                <>
                  <Body body={response.body} before={before?.response?.body ?? null} />
                  {response.bodyLength > response.body.length && (
                    <p className="quiet">
                      The first {response.body.length} of {response.bodyLength} characters are kept.
                    </p>
                  )}
                </>
              ),
          },
          { name: 'Headers', content: () => (response === null ? none : <Pairs pairs={response.headers} />) },
          { name: 'Request', content: () => <Request task={task} /> },
        ]}
      />
    </section>
  )
}

/** A reason that says it all stands alone. */
function whatItMeans(verdict: Verdict, reason: string): string {
  const meaning = VERDICT_MEANINGS[verdict]
  return verdict === 'pending' || reason.startsWith(meaning) ? reason : `${meaning}: ${reason}`
}

function whyNone(answer: AnsweredAttempt | null): string {
  if (answer === null) return 'Loading…'
  return answer.isKept
    ? 'Nothing whole came back.'
    : 'This answer is not kept: beyond 1,000 events of a run, and in Restate, only the last one is.'
}

function Request({ task: { method, url, headers, payload } }: Pick<AttemptProps, 'task'>) {
  return (
    <>
      <p>
        <code>
          <span className="method">{method}</span> {url}
        </code>
      </p>
      {Object.keys(headers).length === 0 ? (
        <p className="quiet">No headers of its own.</p>
      ) : (
        <Pairs pairs={headers} />
      )}
      {payload !== null && (
        <p>
          Payload: <code>{payload}</code>
        </p>
      )}
    </>
  )
}
