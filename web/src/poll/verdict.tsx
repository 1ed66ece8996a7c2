import '../style/waiting.css'
import type { PollView } from '../api/polls.ts'
import { clock, count, fullTime, seconds } from '../words.ts'

/** How it ended, in a sentence. */
export function Verdict({ poll }: { poll: PollView }) {
  const { outcome, message, startedAt, endedAt, iterationCount } = poll
  const took = (Date.parse(endedAt ?? startedAt) - Date.parse(startedAt)) / 1000
  return (
    <section className={`card ended ${poll.status.toLowerCase()}`} aria-labelledby="ended">
      <h2 id="ended">It has ended: {outcome}</h2>
      <p className="reason">{message}</p>
      <p className="quiet tabular">
        <span title={fullTime(startedAt)}>{clock(startedAt)}</span> to{' '}
        <span title={fullTime(endedAt ?? startedAt)}>{clock(endedAt ?? startedAt)}</span>, {seconds(took)},{' '}
        {count(iterationCount, 'attempt')}
      </p>
    </section>
  )
}
