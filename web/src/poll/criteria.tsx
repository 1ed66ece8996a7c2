import { useId } from 'react'
import type { Verdict } from '../../../src/core/judge.ts'
import { DEFAULT_SUCCESS, type PollTask } from '../../../src/core/task.ts'
import { count, seconds } from '../words.ts'
import { ConditionSource } from './condition-source.tsx'

export interface Seen {
  readonly verdict: Verdict
  /** What the conditions saw. */
  readonly values: Readonly<Record<string, string>>
}

/** What it waits for: in words, and as conditions with what they saw last in place. */
export function Criteria({ task, last }: { task: PollTask; last: Seen | null }) {
  const { success, failure, pending } = task.exitCriteria
  const id = useId()
  const values = last?.values ?? {}
  const verdict = last?.verdict
  return (
    <section className="card" aria-labelledby={id}>
      <h2 id={id}>What it waits for</h2>
      <p className="request">
        <code>
          <span className="method">{task.method}</span> {task.url}
        </code>{' '}
        is asked every {seconds(task.pollIntervalSeconds)}, {count(task.pollCount, 'time')} at most
        {task.timeoutSeconds !== null && `, for no longer than ${seconds(task.timeoutSeconds)}`}
        {ignoring(task.ignoreFailure)}.
      </p>
      <div className="conditions">
        <Condition
          name="It has succeeded when"
          source={success ?? DEFAULT_SUCCESS}
          values={values}
          holds={verdict && verdict === 'succeeded'}
        />
        <Condition
          name="It has failed when"
          source={failure}
          values={values}
          holds={verdict && verdict === 'failed'}
        />
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
  readonly values: Seen['values']
  /** In the last attempt; undefined where that is not told. */
  readonly holds?: boolean | undefined
}

/** One condition, with the values that it saw last in place. */
export function Condition({ name, source, values, holds }: Given) {
  return (
    <div className="condition">
      <h3>
        {name}
        {source !== null && holds !== undefined && (
          <span className={`truth ${holds ? 'holds' : ''}`}>{holds ? 'holds' : 'does not hold'}</span>
        )}
      </h3>
      {source === null ? (
        <p className="quiet">No condition says so.</p>
      ) : (
        <ConditionSource source={source} values={values} />
      )}
    </div>
  )
}
