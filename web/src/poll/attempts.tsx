import '../style/attempts.css'
import { useId, useState } from 'react'
import type { Polled } from '../api/attempts.ts'
import { count } from '../words.ts'
import { AttemptDetail, type AttemptProps } from './attempt-detail.tsx'
import { AttemptList } from './attempt-list.tsx'
import { Timeline } from './timeline.tsx'
import { useAttempt } from './use-attempt.ts'
import type { LiveAttempt } from './use-attempts.ts'

interface Made extends Pick<AttemptProps, 'task' | 'startedAt'> {
  readonly polled: Polled
  /** In order; the same array may grow, so `size` tells that it did. */
  readonly attempts: readonly LiveAttempt[]
  readonly size: number
  /** With those that were folded. */
  readonly total: number
  /** No more will come. */
  readonly isOver: boolean
}

/** All attempts of a poll over time and as a list, and the one that is chosen: the last, until another one is. */
export function Attempts({ polled, attempts, size, total, isOver, task, startedAt }: Made) {
  const id = useId()
  const [chosen, setChosen] = useState<number | null>(null)
  const index = Math.min(chosen ?? size - 1, size - 1)
  const attempt = attempts[index]
  const answer = useAttempt(polled, attempt?.iteration)
  const before = useAttempt(polled, attempts[index - 1]?.iteration)
  return (
    <section className={isOver ? 'card over' : 'card'} aria-labelledby={id}>
      <h2 id={id}>{count(total, 'attempt')}</h2>
      {attempt === undefined ? (
        <p className="quiet">{total > 0 ? 'They are being read.' : 'None has been made yet.'}</p>
      ) : (
        <>
          <Timeline attempts={attempts} size={size} chosen={index} onChoose={setChosen} />
          <div className="attempts-and-one">
            <AttemptList attempts={attempts} size={size} chosen={index} onChoose={setChosen} />
            <AttemptDetail
              attempt={attempt}
              task={task}
              startedAt={startedAt}
              answer={answer}
              before={before}
            />
          </div>
        </>
      )}
    </section>
  )
}
