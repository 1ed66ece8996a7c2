import type { Trial } from '../api/polls.ts'
import { Answer } from '../poll/answer.tsx'
import { MARKS, took } from '../words.ts'

/** What one attempt gave: nothing of it is kept. */
export function TrialResult({ trial }: { trial: Trial }) {
  const { attempt, response, outcome } = trial
  return (
    <>
      <section className="card" aria-label="What the attempt gave">
        <h2>
          <span className={`cell ${attempt.verdict}`} aria-hidden="true">
            {MARKS[attempt.verdict]}
          </span>{' '}
          {attempt.verdict}
        </h2>
        <p>{attempt.reason}</p>
        <p className="quiet">
          {attempt.code ?? 'no response'} after {took(attempt.durationMs)};{' '}
          {outcome === null || outcome === 'exhausted'
            ? 'the poll would go on'
            : `the poll would end: ${outcome}`}
        </p>
      </section>
      {response && (
        <Answer
          title="The answer"
          output={{
            responseCode: response.code,
            responseHeaders: response.headers,
            responseBody: response.body,
          }}
        />
      )}
    </>
  )
}
