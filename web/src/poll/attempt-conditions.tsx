import { useEffect, useState } from 'react'
import type { Explanation } from '../../../src/core/condition.ts'
import { DEFAULT_SUCCESS } from '../../../src/core/task.ts'
import type { AnsweredAttempt } from '../api/attempts.ts'
import type { LedgerEntry } from '../api/polls.ts'
import type { Answered } from '../conditions.ts'
import type { AttemptProps } from './attempt-detail.tsx'
import { ConditionSource } from './condition-source.tsx'

type Conditions = typeof import('../conditions.ts')

const NAMES = { failure: 'Failure', success: 'Success', pending: 'Pending' } as const
const TRUTH = { holds: 'holds', 'does-not-hold': 'does not hold', error: 'cannot be decided' } as const

/** What each condition saw in an attempt, operand by operand. */
export function AttemptConditions({ attempt, task, startedAt, answer, before }: AttemptProps) {
  const [loaded, setLoaded] = useState<Conditions | null>(null)
  // biome-ignore lint/correctness/useExhaustiveDependencies: what changes is when it is tried again.
  useEffect(() => {
    // Without it the values that the server told are shown; the next answer tries again.
    if (loaded === null)
      import('../conditions.ts').then(
        (conditions) => setLoaded(() => conditions),
        () => {},
      )
  }, [loaded, answer])
  const { success, failure, pending } = task.exitCriteria
  const sources = { failure, success: success ?? DEFAULT_SUCCESS, pending }
  const [now, then] = [answered(answer, startedAt), answered(before, startedAt)]
  const beside = { before: then, bindings: answer?.bindings ?? null }
  return (
    <>
      {(['failure', 'success', 'pending'] as const).map((role) => {
        const source = sources[role]
        if (source === null) return null
        const known = now === null ? null : (loaded?.explainCondition(source, now, beside) ?? null)
        const explained = isAsSeen(source, known, attempt.values) ? known : null
        return (
          <Seen
            key={role}
            name={NAMES[role]}
            source={source}
            values={explained?.values ?? attempt.values}
            explained={explained}
          />
        )
      })}
    </>
  )
}

/** A binding may stand for another value by now, or be masked: then only what was seen at the time is shown. */
function isAsSeen(source: string, explained: Explanation | null, seen: LedgerEntry['values']): boolean {
  return (
    !source.includes('${') ||
    Object.entries(explained?.values ?? {}).every(([name, value]) => seen[name] === value)
  )
}

/** Null where the answer is not there in whole. */
function answered(view: AnsweredAttempt | null, pollStartedAt: number): Answered | null {
  if (!view?.response || view.response.body.length < view.response.bodyLength) return null
  const { iteration, startedAt, durationMs } = view.attempt
  return { ...view.response, iteration, elapsedSeconds: (startedAt + durationMs - pollStartedAt) / 1000 }
}

interface SeenProps {
  readonly name: string
  readonly source: string
  readonly values: Readonly<Record<string, string>>
  readonly explained: Explanation | null
}

function Seen({ name, source, values, explained }: SeenProps) {
  const operands = explained?.operands ?? []
  return (
    <div className="seen">
      <h4>
        {name}
        {explained !== null && (
          <span className={`truth ${explained.result.kind}`}>{TRUTH[explained.result.kind]}</span>
        )}
      </h4>
      <ConditionSource source={source} values={values} />
      {operands.length > 1 && (
        <table className="operands">
          <thead className="hidden">
            <tr>
              <th scope="col">Operand</th>
              <th scope="col">Gives</th>
            </tr>
          </thead>
          <tbody>
            {operands.map(({ text, value, depth }, index) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: the same operand may stand there twice.
              <tr key={index}>
                <td className={`depth-${Math.min(depth, 6)}`}>
                  <code>{text}</code>
                </td>
                <td>
                  <code className={value === 'true' || value === 'false' ? `gives ${value}` : 'gives'}>
                    {value}
                  </code>
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </div>
  )
}
