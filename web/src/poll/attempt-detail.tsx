import type { LedgerEntry } from '../api/polls.ts'
import { clock, fullTime, took, VERDICT_MEANINGS } from '../words.ts'

const WAITS = {
  'initial-delay': 'initial delay',
  interval: 'interval',
  backoff: 'backoff',
  'retry-after': 'Retry-After of the server',
  'last-chance': 'last chance before the deadline',
}

/** What one attempt was, meant and led to. */
export function AttemptDetail({ attempt }: { attempt: LedgerEntry }) {
  const { iteration, startedAt, durationMs, code, verdict, reason, values, next, bodyChanged, notes } =
    attempt
  const endedAt = startedAt + durationMs
  return (
    <section className="attempt" aria-label={`Attempt ${iteration}`}>
      <h3>
        Attempt {iteration}: {verdict}
      </h3>
      <dl className="pairs">
        <dt>Meaning</dt>
        <dd>{VERDICT_MEANINGS[verdict]}</dd>
        <dt>Reason</dt>
        <dd>{reason}</dd>
        <dt>Started</dt>
        <dd title={fullTime(startedAt)}>{clock(startedAt)}</dd>
        <dt>Took</dt>
        <dd>{took(durationMs)}</dd>
        <dt>Code</dt>
        <dd>{code ?? 'no response'}</dd>
        <dt>Body</dt>
        <dd>{bodyChanged ? 'another than before' : 'the same as before'}</dd>
        <dt>Then</dt>
        <dd>
          {next === null ? 'it ended' : `${took(next.dueAt - endedAt)} of pause: ${WAITS[next.reason]}`}
        </dd>
      </dl>
      {Object.keys(values).length > 0 && (
        <>
          <h4>What the conditions saw</h4>
          <dl className="pairs">
            {Object.entries(values).map(([name, value]) => (
              <Pair key={name} name={name} value={value} />
            ))}
          </dl>
        </>
      )}
      {notes.map((note) => (
        <p key={note} className="quiet">
          {note}
        </p>
      ))}
    </section>
  )
}

function Pair({ name, value }: { name: string; value: string }) {
  return (
    <>
      <dt>
        <code>{name}</code>
      </dt>
      <dd>
        <code className="value">{value}</code>
      </dd>
    </>
  )
}
