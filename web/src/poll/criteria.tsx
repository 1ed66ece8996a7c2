import type { PollView } from '../api/polls.ts'
import { count, seconds } from '../words.ts'

const DEFAULT_SUCCESS = 'responseCode >= 200 && responseCode < 300'

/** What it waits for: in words, and as conditions with what they saw last. */
export function Criteria({ poll }: { poll: PollView }) {
  const { task, last } = poll
  const { success, failure, pending } = task.exitCriteria
  const values = last?.values ?? {}
  return (
    <section className="card" aria-labelledby="waits-for">
      <h2 id="waits-for">What it waits for</h2>
      <p className="request">
        <code>
          {task.method} {task.url}
        </code>{' '}
        is asked every {seconds(task.pollIntervalSeconds)}, {count(task.pollCount, 'time')} at most
        {task.timeoutSeconds !== null && `, for no longer than ${seconds(task.timeoutSeconds)}`}
        {ignoring(task.ignoreFailure)}.
      </p>
      <div className="conditions">
        <Condition name="It has succeeded when" source={success ?? DEFAULT_SUCCESS} values={values} />
        <Condition name="It has failed when" source={failure} values={values} />
        {pending !== null && <Condition name="It is still at it while" source={pending} values={values} />}
      </div>
    </section>
  )
}

function ignoring(ignoreFailure: boolean | 'transient'): string {
  if (ignoreFailure === 'transient') return '; intermediate failures that can heal by themselves are ignored'
  return ignoreFailure ? '; intermediate failures are ignored' : ''
}

interface Given {
  readonly name: string
  readonly source: string | null
  readonly values: Readonly<Record<string, string>>
}

function Condition({ name, source, values }: Given) {
  const seen = Object.entries(values).filter(([path]) => source?.includes(path))
  return (
    <div className="condition">
      <h3>{name}</h3>
      {source === null ? <p className="quiet">No condition says so.</p> : <pre>{source}</pre>}
      {seen.length > 0 && (
        <ul>
          {seen.map(([path, value]) => (
            <li key={path}>
              <code>{path}</code> now <code className="value">{value}</code>
            </li>
          ))}
        </ul>
      )}
    </div>
  )
}
